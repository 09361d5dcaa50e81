"""Every environment variable that confsync reads, or that it gives to the programs it starts."""

from __future__ import annotations

from typing import NamedTuple


class Variable(NamedTuple):
    """One environment variable: what it says, and an example value."""

    name: str
    meaning: str
    example: str = ""


_CREDENTIALS = (
    Variable(
        "CONFSYNC_TOKEN",
        "The API token, personal access token or password. If it is set, confsync does not look in "
        "the keyring and in `~/.netrc`.",
        "ATATT3x…",
    ),
    Variable(
        "CONFSYNC_USER",
        "The e-mail address (Cloud) or user name. Leave it out for a personal access token or "
        "OAuth.",
        "me@acme.com",
    ),
    Variable(
        "CONFSYNC_URL",
        "The only server that gets credentials. If it is set, a changed `url` in a mirror sends "
        "the token nowhere.",
        "https://acme.atlassian.net/wiki",
    ),
    Variable(
        "CONFSYNC_CLIENT_CERT",
        "The file of a client certificate: PEM, with its key.",
        "/etc/ssl/me.pem",
    ),
    Variable(
        "NETRC",
        "The file to read instead of `~/.netrc`.",
        "/run/secrets/netrc",
    ),
)

_NETWORK = (
    Variable(
        "HTTPS_PROXY",
        "The proxy for https. Requests to this machine use no proxy.",
        "http://proxy.acme.com:3128",
    ),
    Variable("HTTP_PROXY", "The proxy for http.", "http://proxy.acme.com:3128"),
    Variable("ALL_PROXY", "The proxy for both, if the two above are not set."),
    Variable("NO_PROXY", "Hosts that confsync reaches without a proxy.", "acme.com,10.0.0.0/8"),
    Variable(
        "REQUESTS_CA_BUNDLE",
        "The file with the certificates of your organisation.",
        "/etc/ssl/acme.pem",
    ),
    Variable("CURL_CA_BUNDLE", "The same, if `REQUESTS_CA_BUNDLE` is not set."),
)

_TERMINAL = (
    Variable(
        "NO_COLOR", "If it has a value, confsync prints no colour, as with `--color never`.", "1"
    ),
    Variable("GIT_PAGER", "The pager on a terminal. git's `core.pager` comes next.", "less -R"),
    Variable("PAGER", "The pager, if neither `GIT_PAGER` nor `core.pager` is set."),
    Variable("LESS", "The options of `less`. If it is not set, confsync gives `FRX`, as git does."),
    Variable("LV", "The options of `lv`. If it is not set, confsync gives `-c`, as git does."),
    Variable("BROWSER", "The browser that `confsync open` starts.", "firefox"),
    Variable("COLUMNS", "The width of the terminal."),
    Variable(
        "_CONFSYNC_COMPLETE",
        "Prints the completion for a shell: `bash_source`, `zsh_source` or `fish_source`.",
        "bash_source",
    ),
)

_OTHERS = (
    Variable(
        "CI",
        "Set by CI systems. confsync then warns if `CONFSYNC_URL` is missing, and "
        "takes CI commands out of page texts.",
        "true",
    ),
    Variable(
        "GITHUB_WORKSPACE",
        "Set by GitHub Actions. `check --format github` prints paths from this directory.",
    ),
    Variable(
        "PRE_COMMIT",
        "Set by pre-commit. Files outside every mirror are then no error of `check` and `status`.",
    ),
    Variable(
        "SUDO_UID",
        "Set by sudo. If you are root, files of this user count as your own.",
    ),
    Variable(
        "GIT_INDEX_FILE",
        "Set by git for hooks. `push --staged` and `--commit` use this index.",
    ),
    *(
        Variable(name, "Set by git for hooks. confsync ignores it and finds the repository itself.")
        for name in ("GIT_DIR", "GIT_WORK_TREE")
    ),
    *(
        Variable(name, "confsync ignores it, and tells git itself how to read paths.")
        for name in (
            *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS"),
            *("GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
        )
    ),
)

# The heading of each group, and its variables.
VARIABLES = {
    "Credentials": _CREDENTIALS,
    "Network": _NETWORK,
    "Terminal": _TERMINAL,
    "Set by other programs": _OTHERS,
}
