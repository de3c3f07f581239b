"""The web page: its server, its sign-in, its pages."""
