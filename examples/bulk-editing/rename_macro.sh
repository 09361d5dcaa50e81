#!/bin/sh
# Rename a macro on every page of the mirror in this directory:
#
#   rename_macro.sh info panel
set -eu

confsync pull
confsync replace --macro "$1" --to "$2"
confsync check
confsync diff --stat
confsync push --dry-run # 'confsync push -m "..."' sends it
