# libcurl and cpp-httplib as static libraries, kept in the cache. Debian 12 builds them with all that they can do, which
# brings 19 MB of further libraries, and they are old. Debian's next release has newer sources, which apt's signatures
# vouch for, and keeps them secure. Sourced.
# shellcheck shell=bash

LIBRARIES_RECIPE="${BASH_SOURCE[0]}"
LIBRARIES_RELEASE=trixie

# Only HTTP/1.1 and HTTP/2 over TCP and TLS, through proxies or not. Kept out is what nobody here asks for.
CURL_OPTIONS=(
  -DHTTP_ONLY=ON -DCURL_USE_OPENSSL=ON -DUSE_NGHTTP2=ON
  -DCURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt -DCURL_CA_PATH=none
  -DCURL_BROTLI=OFF -DCURL_ZLIB=OFF -DCURL_ZSTD=OFF -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DUSE_LIBIDN2=OFF
  -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_DOH=ON
  -DCURL_DISABLE_GETOPTIONS=ON -DCURL_DISABLE_HSTS=ON -DCURL_DISABLE_MIME=ON -DCURL_DISABLE_NETRC=ON
  -DCURL_DISABLE_NTLM=ON -DCURL_DISABLE_SRP=ON -DCURL_DISABLE_WEBSOCKETS=ON
  -DBUILD_CURL_EXE=OFF -DBUILD_EXAMPLES=OFF -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF -DBUILD_TESTING=OFF
  -DENABLE_CURL_MANUAL=OFF -DPICKY_COMPILER=OFF -DCURL_USE_PKGCONFIG=OFF
)
# Without compression, so that a small body cannot unpack into a large one; poll, because select ends at 1,024 sockets.
# A thousand agents may connect at once after a change of leaders; beyond five, the default, they wait for seconds.
# A connection between two requests looks four times a second whether the server has ended, not a hundred times.
HTTPLIB_OPTIONS=(
  -DHTTPLIB_COMPILE=ON -DHTTPLIB_REQUIRE_OPENSSL=ON
  -DHTTPLIB_USE_BROTLI_IF_AVAILABLE=OFF -DHTTPLIB_USE_ZLIB_IF_AVAILABLE=OFF
)
LIBRARY_FLAGS="-ffunction-sections -fdata-sections -fstack-protector-strong -D_FORTIFY_SOURCE=2 -DCPPHTTPLIB_USE_POLL -DCPPHTTPLIB_LISTEN_BACKLOG=1024 -DCPPHTTPLIB_KEEPALIVE_TIMEOUT_CHECK_INTERVAL_USECOND=250000"

# libraries_folder: changes with this file.
libraries_folder() { echo "$GYRE_CACHE/libraries-$(sha256sum "$LIBRARIES_RECIPE" | cut -c1-16)"; }

# apt_in FOLDER PROGRAM ARGUMENT...: apt with sources and lists of its own; the machine's stay as they are.
apt_in() {
  local folder=$1 program=$2
  shift 2
  "$program" -qq -o APT::Sandbox::User=root -o Dir::Cache="$folder/apt" -o Dir::State::Lists="$folder/apt/lists" \
    -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null "$@"
}

# download_sources FOLDER SUITES: SUITES is a pattern.
download_sources() {
  debian_sources | awk -v release="$LIBRARIES_RELEASE" -v suites="^bookworm($2)\$" \
    '$3 ~ suites {sub("bookworm", release, $3); print "deb-src", $2, $3, $4}' >"$1/sources.list"
  (cd "$1" && apt_in "$1" apt-get update && apt_in "$1" apt-get source --download-only curl cpp-httplib) >"$1/apt.log" 2>&1
}

# unpack_source FOLDER PACKAGE: into FOLDER/PACKAGE.
unpack_source() {
  local dsc
  dsc=$(ls "$1/$2"_*.dsc)
  dpkg-source -x "$dsc" "$1/$2" >"$1/$2.log" 2>&1 || die "unpacking $dsc failed: $(tail -1 "$1/$2.log")"
  sed -nE 's/^(Source|Version): //p' "$dsc" | paste -sd' ' >>"$1/versions"
}

# build_library FOLDER PACKAGE PREFIX OPTION...
build_library() {
  local folder=$1 package=$2 prefix=$3
  shift 3
  {
    nice cmake -S "$folder/$package" -B "$folder/$package-build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
      -DCMAKE_C_FLAGS="$LIBRARY_FLAGS" -DCMAKE_CXX_FLAGS="$LIBRARY_FLAGS" -DBUILD_SHARED_LIBS=OFF "$@" &&
      nice cmake --build "$folder/$package-build" --target install
  } >"$folder/$package.log" 2>&1 || { tail -20 "$folder/$package.log" >&2 && die "building $package failed"; }
  install -D -m 644 "$folder/$package/debian/copyright" "$prefix/share/doc/$package/copyright"
}

make_libraries() {
  local out work
  out=$(libraries_folder)
  mkdir -p "$GYRE_CACHE" "$GYRE_ROOT/build"
  # One build at a time, should another checkout be at it.
  exec 7>"$GYRE_CACHE/libraries.lock"
  flock 7
  if [[ ! -f $out/.done ]]; then
    say "building libcurl and cpp-httplib (once; kept in $out)"
    work=$(mktemp -d)
    rm -rf "$out"
    mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial"
    # A mirror's index of security updates can be ahead of its files.
    download_sources "$work" '|-security' || download_sources "$work" '' ||
      die "this machine's Debian mirror gave no sources of $LIBRARIES_RELEASE's curl and cpp-httplib: $work/apt.log"
    unpack_source "$work" curl
    unpack_source "$work" cpp-httplib
    build_library "$work" curl "$out" "${CURL_OPTIONS[@]}" -DNGHTTP2_LIBRARY="$(cc -print-file-name=libnghttp2.a)"
    build_library "$work" cpp-httplib "$out" "${HTTPLIB_OPTIONS[@]}"
    mv "$work/versions" "$out/.done"
    rm -rf "$work"
  fi
  exec 7>&-
  ln -sfn "$out" "$GYRE_ROOT/build/libraries"
}
