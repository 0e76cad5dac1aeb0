"""The rooms of the composition root, the only modules that know which adapter meets which port.

Each builder imports its adapter when it is first asked for, so a command pays only for what it uses, and its return
type makes mypy check that the adapter meets the port. Use-cases are `Late` for the same reason; the annotation beside
each says what it makes, and a test compares both and every dependency with the signatures. A room inherits those it
builds on, so that what two rooms share is one object. What must be closed is entered on one stack, which closes it in
reverse order whatever else fails.
"""
