#include "operator/kube/connection_pool.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <utility>

#include "operator/base/check.h"
#include "operator/base/text.h"

namespace gyre::kube {
namespace {

constexpr int kLongestPoll = 1000;         // Milliseconds.
constexpr long kUploadBuffer = 16 * 1024;  // Bytes; the default of 64 KiB would be allocated for every request.
// An API server closes what was idle for 90 s; replicas of it share the load again when connections end.
constexpr std::chrono::seconds kLongestIdle = std::chrono::minutes(1);
constexpr std::chrono::seconds kLongestReuse = std::chrono::minutes(5);

const Clock& monotonic_clock() {
  static const MonotonicClock clock{};
  return clock;
}

// Bytes not taken end the transfer with CURLE_WRITE_ERROR.
size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view bytes(data, size * count);
  if (transfer.on_data && transfer.status < 300)
    return transfer.on_data(bytes) == Transfer::Wants::kMore ? bytes.size() : 0;
  if (transfer.answer.size() + bytes.size() > transfer.longest_answer) return 0;
  transfer.answer.append(bytes);
  return bytes.size();
}

// libcurl tells of the status at the end only, and `on_data` asks for it and for the content's type before.
size_t on_header(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {
    const std::size_t space = line.find(' ');
    transfer.status = space == std::string_view::npos ? 0 : std::strtol(line.data() + space, nullptr, 10);
  }
  constexpr std::string_view kContentType = "content-type:";
  if (line.size() > kContentType.size() && curl_strnequal(line.data(), kContentType.data(), kContentType.size()))
    transfer.content_type = trim(line.substr(kContentType.size()));
  return line.size();
}

// A peer that vanished without a word is noticed within about half a minute: by probes while nothing is sent, and by
// the lack of acknowledgements otherwise.
int on_socket(void*, curl_socket_t socket, curlsocktype) {
  const auto set = [socket](int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof(value));
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
  return CURL_SOCKOPT_OK;
}

void set_blob(CURL* easy, CURLoption option, const std::string& pem) {
  if (pem.empty()) return;
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(easy, option, &blob);
}

void set_tls(CURL* easy, const Route& route, const Identity& identity) {
  set_blob(easy, CURLOPT_CAINFO_BLOB, identity.ca_pem);
  set_blob(easy, CURLOPT_SSLCERT_BLOB, identity.cert_pem);
  set_blob(easy, CURLOPT_SSLKEY_BLOB, identity.key_pem);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, route.verify ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, route.verify ? 2L : 0L);
}

// By HTTP/2's GOAWAY a server that is about to end has the next watch opened elsewhere. A request has its connection
// alone: HTTP/1.1 costs both ends less.
long protocol_of(const Transfer& transfer) {
  return static_cast<long>(transfer.is_stream() ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
}

Error transport_error(CURLcode code, const char* detail, const Transfer& transfer) {
  const auto error = [&](Code fate, const char* reason, std::string_view text) {
    return Error{fate, reason, fmt::format("{} {}: {}", transfer.method, transfer.url, text), std::nullopt};
  };
  if (code == CURLE_WRITE_ERROR)
    return error(Code::kUnavailable, "AnswerTooLarge",
                 fmt::format("the answer is larger than {} MiB", transfer.longest_answer >> 20));
  const char* text = *detail ? detail : curl_easy_strerror(code);
  if (code == CURLE_ABORTED_BY_CALLBACK) text = "the connection broke before the answer";
  if (code == CURLE_OPERATION_TIMEDOUT) return error(Code::kTimeout, "Timeout", text);
  return error(Code::kUnavailable, "Unreachable", text);
}

Error cancelled_error() { return {Code::kCancelled, "Cancelled", "the request was cancelled", std::nullopt}; }

}  // namespace

// One easy handle in a multi of its own: the multi keeps the connection open between transfers, and can be woken.
class ConnectionPool::Connection {
 public:
  Connection() : multi_(curl_multi_init()), easy_(curl_easy_init()) { CHECK(multi_ != nullptr && easy_ != nullptr); }
  ~Connection() {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Before it is shown to anybody who might cancel it.
  void expect(const Transfer& transfer) {
    writes_ = transfer.method != "GET";
    was_sent_ = false;
    cancelled_ = false;
  }
  // From any thread.
  void cancel() {
    cancelled_ = true;
    curl_multi_wakeup(multi_);
  }

  Result<void> run(Transfer& transfer) {
    Lists lists;
    char detail[CURL_ERROR_SIZE] = "";
    prepare(transfer, lists, detail);
    curl_multi_add_handle(multi_, easy_);
    const std::optional<CURLcode> code = finish(transfer);
    curl_off_t wait = 0;
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &wait);
    if (wait > 0) transfer.retry_after_seconds = static_cast<double>(wait);
    curl_multi_remove_handle(multi_, easy_);
    // It refers to what ends with the transfer.
    curl_easy_reset(easy_);
    if (!code) return fail(cancelled_error());
    if (*code == CURLE_OK) return {};
    return fail(transport_error(*code, detail, transfer));
  }

 private:
  struct Lists {
    curl_slist* headers = nullptr;
    curl_slist* connect_to = nullptr;
    ~Lists() {
      curl_slist_free_all(headers);
      curl_slist_free_all(connect_to);
    }
  };

  // libcurl sends again what found its connection, used before, broken. A write may have been carried out.
  static int before_sending(void* user, char*, char*, int, int) {
    auto& connection = *static_cast<Connection*>(user);
    const bool is_second = std::exchange(connection.was_sent_, true);
    return is_second && connection.writes_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
  }

  // Nothing when it was cancelled.
  std::optional<CURLcode> finish(const Transfer& transfer) {
    while (!cancelled_) {
      int running = 0, left = 0;
      curl_multi_perform(multi_, &running);
      if (const CURLMsg* message = curl_multi_info_read(multi_, &left)) return message->data.result;
      curl_multi_poll(multi_, nullptr, 0, kLongestPoll, nullptr);
      if (transfer.on_tick) transfer.on_tick();
    }
    return std::nullopt;
  }

  void prepare(Transfer& transfer, Lists& lists, char* detail) {
    for (const std::string& header : transfer.headers) lists.headers = curl_slist_append(lists.headers, header.c_str());
    curl_easy_setopt(easy_, CURLOPT_URL, transfer.url.c_str());
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, transfer.method.c_str());
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, lists.headers);
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.timeout.count()));
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, &on_socket);
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    set_route(transfer.route, lists);
    if (!transfer.body.empty()) {
      curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
      curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, transfer.body.data());
    }
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, protocol_of(transfer));
    curl_easy_setopt(easy_, CURLOPT_MAXAGE_CONN, static_cast<long>(kLongestIdle.count()));
    curl_easy_setopt(easy_, CURLOPT_MAXLIFETIME_CONN, static_cast<long>(kLongestReuse.count()));
    curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &before_sending);
    curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
    set_tls(easy_, transfer.route, *transfer.identity);
  }

  void set_route(const Route& route, Lists& lists) {
    // Always said, so that libcurl does not look for proxies and exceptions in the environment by its own rules.
    curl_easy_setopt(easy_, CURLOPT_PROXY, route.proxy.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
    // Its answer to CONNECT is not the server's.
    curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (route.connect_to.empty()) return;
    lists.connect_to = curl_slist_append(nullptr, ("::" + route.connect_to).c_str());
    curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, lists.connect_to);
  }

  CURLM* const multi_;
  CURL* const easy_;
  bool writes_ = false;
  bool was_sent_ = false;
  std::atomic<bool> cancelled_ = false;
};

ConnectionPool::ConnectionPool() : ConnectionPool(monotonic_clock()) {}

ConnectionPool::ConnectionPool(const Clock& clock) : clock_(clock) {
  [[maybe_unused]] static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
}

ConnectionPool::~ConnectionPool() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  for (Connection* connection : busy_) connection->cancel();
  ended_.wait(lock, [this] { return busy_.empty(); });
}

Result<void> ConnectionPool::run(Transfer& transfer, std::stop_token stop) {
  Connections& idle = transfer.is_stream() ? idle_streams_ : idle_;
  std::unique_ptr<Connection> connection = borrow(idle);
  connection->expect(transfer);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return fail(cancelled_error());
    busy_.insert(connection.get());
  }
  Result<void> result;
  {
    const std::stop_callback on_stop(stop, [&connection] { connection->cancel(); });
    result = connection->run(transfer);
  }
  give_back(idle, std::move(connection));
  return result;
}

std::unique_ptr<ConnectionPool::Connection> ConnectionPool::borrow(Connections& idle) {
  const std::lock_guard lock(mutex_);
  if (idle.empty()) return std::make_unique<Connection>();
  std::unique_ptr<Connection> last = std::move(idle.back().connection);
  idle.pop_back();
  return last;
}

void ConnectionPool::give_back(Connections& idle, std::unique_ptr<Connection> connection) {
  const Time now = clock_.now();
  std::vector<std::unique_ptr<Connection>> spare;
  const std::lock_guard lock(mutex_);
  busy_.erase(connection.get());
  idle.push_back({std::move(connection), now});
  spare = take_spare(now);
  if (stopped_) ended_.notify_all();
}

std::vector<std::unique_ptr<ConnectionPool::Connection>> ConnectionPool::take_spare(Time now) {
  std::vector<std::unique_ptr<Connection>> spare;
  for (Connections* idle : {&idle_, &idle_streams_})
    while (!idle->empty() && (idle->size() > kMostIdle || now - idle->front().since > kLongestIdle)) {
      spare.push_back(std::move(idle->front().connection));
      idle->pop_front();
    }
  return spare;
}

}  // namespace gyre::kube
