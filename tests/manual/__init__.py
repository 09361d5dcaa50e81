"""The README and the pages of the manual, typed block by block.

A block of `console` has commands and their output:

    $ confsync status
    clean: 16 pages

- A line that begins with `$ ` is typed. Lines below it that begin with `> ` go on with it.
- The other lines are the output, standard output and standard error as they come.
- A line `...` stands for any lines, `...` within a line for any text.
- Times, dates and the hashes of commits differ each time. Each stands for any other.
- The server of the pages is `http://127.0.0.1:8090`, as `confsync sandbox` says.

A comment of the page says what happens beside the terminal:

    <!-- typed in: a committed clone -->
    <!-- Ana Lima edits Deployment guide: 8080 -> 8081, "New port" -->

`START` in `story.py` has the beginnings, `colleague.py` what a colleague can do.
`python -m tests.manual PAGE` writes what the commands print now into a page.
"""
