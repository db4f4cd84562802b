# Where this machine takes Debian from. Sourced.
# shellcheck shell=bash

# debian_sources: this machine's bookworm sources, updates and security with them.
debian_sources() {
  # shellcheck disable=SC2016  # apt's own placeholders
  apt-get indextargets --format '$(CODENAME) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk '$1 ~ /^bookworm(-updates|-security)?$/ && $3 == "main" {print "deb", $2, $1, $3}' | sort -u
}
