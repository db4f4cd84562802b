#include "operator/kube/url.h"

namespace gyre::kube {

Url split_url(const std::string& url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return {"", url, ""};
  const std::size_t start = scheme_end + 3;
  const std::size_t path = url.find('/', start);
  if (path == std::string::npos) return {url.substr(0, scheme_end), url.substr(start), ""};
  return {url.substr(0, scheme_end), url.substr(start, path - start), url.substr(path)};
}

Authority split_authority(const std::string& authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string::npos) return {authority, ""};
    const bool has_port = end + 1 < authority.size() && authority[end + 1] == ':';
    return {authority.substr(1, end - 1), has_port ? authority.substr(end + 2) : ""};
  }
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string::npos) return {authority, ""};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

}  // namespace gyre::kube
