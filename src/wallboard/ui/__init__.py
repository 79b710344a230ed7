"""The Textual console: the only floor, with `wallboard.theming`, that knows textual and rich."""
