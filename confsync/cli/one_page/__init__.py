"""The commands about one page or one document: `new`, `log`, `show`, `restore`, `open`.

Each reads its options here. What it does stays in `commands/`.
"""
