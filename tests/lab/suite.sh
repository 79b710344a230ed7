# Programs of another Debian suite, unpacked into a folder. Sourced, never run.
# Nothing is installed on the host: apt works on its own state folder, the packages
# are only unpacked, and no maintainer script runs.

# suite_index SUITE FOLDER: read that suite's index, from the Debian mirror that this
# machine's apt already uses. From here on apt works in FOLDER, which is made anew.
suite_index() {
  local suite=$1 uri key; APT=$2
  command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null || die "needs a Debian host with apt"
  # The mirror and its key as apt knows them: never written down in this repository.
  uri=$(suite_target '$(REPO_URI) $(COMPONENT) $(RELEASE)')
  key=$(suite_target '$(SIGNED_BY) $(COMPONENT) $(RELEASE)')
  [ -n "$uri" ] || die "apt has no Debian source configured"
  [ -f "${key:-}" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
  rm -rf "$APT"
  mkdir -p "$APT/lists/partial" "$APT/cache/archives/partial" "$APT/empty.d" "$APT/debs"
  : > "$APT/status"; : > "$APT/preferences"
  echo "deb [signed-by=$key] $uri $suite main" > "$APT/sources.list"
  cat > "$APT/apt.conf" <<CONF
Dir::State "$APT"; Dir::State::lists "$APT/lists"; Dir::State::status "$APT/status";
Dir::Cache "$APT/cache"; Dir::Etc::sourcelist "$APT/sources.list";
Dir::Etc::sourceparts "$APT/empty.d"; Dir::Etc::preferences "$APT/preferences";
Dir::Etc::preferencesparts "$APT/empty.d";
APT::Install-Recommends "false"; APT::Sandbox::User "";
Acquire::Languages "none"; Acquire::Retries "3";
CONF
  export APT_CONFIG=$APT/apt.conf
  apt-get -qq update
}
suite_target() {
  apt-get indextargets --no-release-info --format "$1" 'Identifier: Packages' 2>/dev/null \
    | awk '$2=="main" && $3 !~ /-(security|updates|backports)$/ {print $1; exit}'
}

# suite_download PATTERN PACKAGE...: fetch the packages and what they need, less what matches PATTERN.
suite_download() {
  local without=$1; shift
  apt-get -s install "$@" 2>/dev/null | awk '/^Inst/{print $2}' | grep -vE "^($without)\$" > "$APT/want"
  [ -s "$APT/want" ] || die "no $1 there"
  ( cd "$APT/debs" && xargs apt-get -qq download < "$APT/want" )
}

# suite_unpack ROOT: what was fetched, without what nobody reads there.
suite_unpack() {
  local deb; mkdir -p "$1"
  for deb in "$APT"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$1" --no-same-owner \
      --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
      --exclude='./usr/share/lintian' --exclude='./usr/share/info'
  done
  rm -rf "$APT/cache" "$APT/lists"
}
