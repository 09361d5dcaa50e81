"""The command line of the commands about many documents: their options, and how finds are shown."""
