#!/bin/sh
# Add a notice under a heading of every page that has a label. The mirror needs 'labels: true':
#
#   add_notice.sh runbook "Contacts" notice.xhtml
set -eu

confsync pull
confsync replace --label "$1" --after "//*[self::h1 or self::h2][normalize-space() = '$2']" "$(cat "$3")"
confsync check
confsync diff --stat
confsync push --dry-run # 'confsync push -m "..."' sends it
