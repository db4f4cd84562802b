#include "dataplane/net/http_client.h"

#include <curl/curl.h>

#include <fstream>
#include <iterator>

#include "operator/base/text.h"

namespace gyre::net {
namespace {

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

void append(List& list, const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); }

std::size_t take(char* data, std::size_t, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(data, size);
  return size;
}

Result<std::string> read_token(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::kUnauthorized, "NoToken", "cannot read the token file " + file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return std::string(trim(text));
}

// "ip:port" of "https://ip:port/path".
std::string authority(const std::string& url) {
  const std::size_t start = url.find("://");
  if (start == std::string::npos) return "";
  const std::size_t host = start + 3;
  return url.substr(host, url.find_first_of("/?", host) - host);
}

Code code_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Code::kTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Code::kUnauthorized;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Code::kInvalid;
    default:
      return Code::kUnavailable;
  }
}

}  // namespace

struct HttpClient::Handle {
  Handle() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)once;
    curl = curl_easy_init();
  }
  ~Handle() { curl_easy_cleanup(curl); }
  CURL* curl = nullptr;
};

HttpClient::HttpClient(Options options) : options_(std::move(options)), handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;

Result<Response> HttpClient::send(const Request& request) {
  std::string location;
  Result<Response> answer = exchange(request, location);
  if (!answer && !leader_.empty()) {
    // Whoever led may be gone; the service knows who is there.
    leader_.clear();
    answer = exchange(request, location);
  }
  const bool is_elsewhere = answer && answer->status == 307 && location.starts_with("https://");
  if (!is_elsewhere) return answer;
  leader_ = authority(location);
  return exchange(request, location);
}

Result<Response> HttpClient::exchange(const Request& request, std::string& location) {
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);
  Response response;
  char message[CURL_ERROR_SIZE] = "";
  List headers;
  for (const auto& [name, value] : request.headers) append(headers, name + ": " + value);
  append(headers, "Expect:");
  if (!options_.token_file.empty()) {
    Result<std::string> token = read_token(options_.token_file);
    if (!token) return fail(std::move(token).error());
    append(headers, "Authorization: Bearer " + *token);
  }
  List connect_to;
  if (!leader_.empty()) append(connect_to, authority(request.url) + ":" + leader_);

  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to.get());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<Duration::rep>(request.timeout.count(), 5000)));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  if (!options_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());

  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK)
    return fail(code_of(code), "RequestFailed",
                request.method + " " + request.url + ": " + (*message ? message : curl_easy_strerror(code)));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  char* redirect = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect);
  location = redirect ? redirect : "";
  return response;
}

}  // namespace gyre::net
