#!/usr/bin/env bash
# Fetches the pinned front-end files from the npm registry and lays them out as they are committed.
# Run from anywhere; needs npm. Change a version here, run it, look at the pages, commit the result.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @tabler/core@1.6.1 @tabler/icons@3.51.0 htmx.org@2.0.11 chart.js@4.6.1 tom-select@2.6.2 echarts@6.1.0 \
  @fontsource/be-vietnam-pro@5.3.0 axe-core@4.14.1
cd node_modules

# The hashed static storage refuses a file that names a source map which is not there.
without_source_map() {
  sed -E -e 's#/\*\# sourceMappingURL=[^*]*\*/##' -e 's#^//\# sourceMappingURL=.*$##' "$1"
}

mkdir -p "$here"/{tabler,tabler-icons,htmx,chart.js,echarts,tom-select,be-vietnam-pro} "$root/tests/e2e/vendor"
without_source_map @tabler/core/dist/css/tabler.min.css >"$here/tabler/tabler.min.css"
without_source_map htmx.org/dist/htmx.min.js >"$here/htmx/htmx.min.js"
without_source_map chart.js/dist/chart.umd.min.js >"$here/chart.js/chart.umd.min.js"
without_source_map echarts/dist/echarts.min.js >"$here/echarts/echarts.min.js"
without_source_map tom-select/dist/js/tom-select.base.min.js >"$here/tom-select/tom-select.base.min.js"
without_source_map tom-select/dist/css/tom-select.bootstrap5.min.css >"$here/tom-select/tom-select.bootstrap5.min.css"
for subset in latin vietnamese; do
  for weight in 400 600; do
    cp "@fontsource/be-vietnam-pro/files/be-vietnam-pro-$subset-$weight-normal.woff2" "$here/be-vietnam-pro/"
  done
done
cp axe-core/axe.min.js axe-core/LICENSE "$root/tests/e2e/vendor/"
cp @tabler/icons/LICENSE "$here/tabler-icons/LICENSE"
cp @tabler/icons/LICENSE "$here/tabler/LICENSE" # one project, one licence; the css package has no file
cp htmx.org/LICENSE "$here/htmx/LICENSE"
cp chart.js/LICENSE.md "$here/chart.js/LICENSE.md"
cp echarts/{LICENSE,NOTICE} echarts/licenses/LICENSE-d3 "$here/echarts/"
cp tom-select/LICENSE "$here/tom-select/LICENSE"
cp @fontsource/be-vietnam-pro/LICENSE "$here/be-vietnam-pro/LICENSE"

# One sprite of the icons in use: <symbol id="NAME"> for outlines, "NAME-filled" for filled ones.
sprite="$here/tabler-icons/sprite.svg"
{
  echo '<svg xmlns="http://www.w3.org/2000/svg">'
  while read -r style name; do
    [ -n "$name" ] || continue
    paths=$(tr '\n' ' ' <"@tabler/icons/icons/$style/$name.svg" |
      sed -E 's/<!--[^>]*-->//; s/^.*<svg[^>]*>//; s/<\/svg>.*$//; s/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>//; s/ +/ /g; s/^ | $//g')
    if [ "$style" = filled ]; then
      echo "<symbol id=\"$name-filled\" viewBox=\"0 0 24 24\" fill=\"currentColor\" stroke=\"none\">$paths</symbol>"
    else
      echo "<symbol id=\"$name\" viewBox=\"0 0 24 24\">$paths</symbol>"
    fi
  done <"$here/tabler-icons/icons.txt"
  echo '</svg>'
} >"$sprite"

# Phones get the rules that pages use.
cd "$root" && .venv/bin/python -m config.styles update
