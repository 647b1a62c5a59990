"""The agents that are known: as actions, as commands, and what each honours."""
