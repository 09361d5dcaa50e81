#!/bin/sh
# Replace the name of a host in texts and links, but not in code or in macros' parameters:
#
#   replace_host.sh old.example.com new.example.com
set -eu

confsync pull
confsync replace --in text,links --text "$1" "$2"
confsync check
confsync diff --stat
confsync push --dry-run # 'confsync push -m "..."' sends it

# The places that stay, for a person to look at. Exit code 1 means that there are none.
confsync grep --code "$(printf %s "$1" | sed 's/\./\\./g')" || true
