"""The configuration: found, read, checked line by line, and handed down as plain dataclasses.

`paths` says where it lies, `load` reads and checks it, `secrets` resolves what it only refers to, `settings` holds the
plain types, `keymap` every action of the console and its keys, `show`, `schema` and `template` print.
"""
