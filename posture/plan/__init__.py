"""From a finding and a person's answers to exercises, their weeks, and what comes before them."""
