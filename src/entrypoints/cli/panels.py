"""The headings under which `lore --help` lists the commands."""

SET_UP = "Set up"
FETCH = "Fetch"
READ = "Read"
UNDERSTAND = "Understand"
LOOK_AFTER = "Look after"
