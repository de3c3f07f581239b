"""Words for people: names, numbers and sentences, in every language."""
