"""The error codes of servers, and of the way to them."""

from __future__ import annotations

from confsync.errors import Exit
from confsync.registry.error_code import ErrorCode

SERVER_ERROR_CODES = (
    ErrorCode(
        "network",
        Exit.REMOTE,
        (
            "{host}: cannot be reached{cause}",
            "{host}: no answer in time",
            "{host}: the certificate is not trusted: {cause}",
            "{host}: no connection through the proxy{cause}",
            "{host}: the answer is incomplete",
        ),
        "No answer came from the server. confsync cannot reach it, the answer broke off, or a "
        "proxy or a certificate is in the way. The message ends with the cause; `-vv` shows all "
        "of it.",
        "Check the URL, the network, `HTTPS_PROXY` and `REQUESTS_CA_BUNDLE`. Then run the command "
        "again; a repeated push writes nothing twice.",
    ),
    ErrorCode(
        "server",
        Exit.REMOTE,
        (
            "there is no Confluence API at this URL",
            "{url}: the answer is not JSON: a login page, or no Confluence at this URL",
            "the server answered {status}",
        ),
        "The server failed, or the answer does not come from Confluence. A login page and a wrong "
        "URL give such answers.",
        "Check `url` in `.confsync.yaml`; on Cloud it ends in `/wiki`. `confsync doctor` looks "
        "closer. If the server is in trouble, try again later.",
    ),
    ErrorCode(
        "rate-limit",
        Exit.REMOTE,
        ("the server limits the rate of requests",),
        "The server still answered 429 (too many requests) after confsync had waited.",
        "Try again later, with fewer requests at a time: `--jobs 2`.",
    ),
    ErrorCode(
        "unsettled",
        Exit.REMOTE,
        ("{failure}; the next push finds out whether {subject} was written",),
        "A write got no answer, and the server could not be asked afterwards. The write may have "
        "landed. The exit code is that of the failure.",
        "Run `confsync push` again when the server answers. It recognises its own write and sends "
        "nothing twice.",
    ),
    ErrorCode(
        "credentials",
        Exit.CREDENTIALS,
        (
            "no credentials: CONFSYNC_TOKEN, the keyring and ~/.netrc have none",
            "the credentials are not accepted ({user_and_source})",
        ),
        "The server does not accept the user and the token, or there are none. A token may have "
        "expired. The message says which user was tried, and where the token came from.",
        "Set `CONFSYNC_USER` and `CONFSYNC_TOKEN`, or run `confsync login URL`. `confsync doctor "
        "URL` tries them without a mirror.",
    ),
    ErrorCode(
        "permission",
        Exit.CREDENTIALS,
        ("not allowed: {reason}",),
        "The server knows you, but your account may not do this.",
        "Ask an administrator of the space for the permission. `confsync doctor` shows what you "
        "may do.",
    ),
    ErrorCode(
        "space-not-found",
        Exit.LOCAL,
        ("there is no space '{key}', or you may not see it",),
        "`.confsync.yaml` names a space or a page that is not there, or that your account may not "
        "see.",
        "Check `key` and `root` in `.confsync.yaml`, and open the space in the browser.",
    ),
    ErrorCode(
        "environment",
        Exit.LOCAL,
        (),
        "A file that a request needs is missing on this machine, such as a certificate. The "
        "message is the system's.",
        "Check the files that `CONFSYNC_CLIENT_CERT` and `REQUESTS_CA_BUNDLE` name, and the "
        "address in `HTTPS_PROXY`.",
    ),
)
