#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::net {

struct Options {
  std::string ca_file;     // PEM; empty: the system's.
  std::string token_file;  // Sent as "Authorization: Bearer …", read anew for each request; empty: none.
};

struct Request {
  std::string method = "GET";
  std::string url;
  std::string body;
  std::map<std::string, std::string> headers;
  Duration timeout = std::chrono::seconds(30);  // For the whole exchange.
};

struct Response {
  int status = 0;
  std::string body;
};

// HTTP(S) with keep-alive over libcurl. One thread at a time per object.
//
// An https 307 is followed once to the address in its Location, yet the name that was asked for stays the one that the
// certificate must carry: a standby operator names the leader by its pod's IP. The address is kept for later requests
// until it fails.
class HttpClient {
 public:
  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any answer, whatever its status, is a Response. Errors: kUnavailable when nobody answers, kTimeout, kUnauthorized
  // when the other end's certificate is not trusted or our token cannot be read, kInvalid for a URL that is none.
  Result<Response> send(const Request& request);

 private:
  struct Handle;
  Result<Response> exchange(const Request& request, std::string& location);

  const Options options_;
  std::unique_ptr<Handle> handle_;
  std::string leader_;  // "ip:port" that a 307 named.
};

}  // namespace gyre::net
