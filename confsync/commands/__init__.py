"""One verb a file: gather, decide, act, answer a Result. Nothing here prints."""
