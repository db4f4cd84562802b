#include "operator/kube/io_loop.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <semaphore>

#include "operator/base/check.h"

namespace gyre::kube {
namespace {

// Bytes not taken end the transfer with CURLE_WRITE_ERROR.
size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view bytes(data, size * count);
  if (transfer.on_data && transfer.status < 400)
    return transfer.on_data(bytes) == Transfer::Wants::kMore ? bytes.size() : 0;
  if (transfer.answer.size() + bytes.size() > transfer.longest_answer) return 0;
  transfer.answer.append(bytes);
  return bytes.size();
}

// libcurl tells of the status at the end only, and `on_data` asks for it before.
size_t on_header(char* data, size_t size, size_t count, void* user) {
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {
    const std::size_t space = line.find(' ');
    static_cast<Transfer*>(user)->status =
        space == std::string_view::npos ? 0 : std::strtol(line.data() + space, nullptr, 10);
  }
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
  if (!route.multiplex) return;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Waits for a connection being opened rather than opening one more.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
}

Error transport_error(CURLcode code, const char* detail, const Transfer& transfer) {
  const auto error = [&](Code fate, const char* reason, std::string_view text) {
    return Error{fate, reason, fmt::format("{} {}: {}", transfer.method, transfer.url, text), std::nullopt};
  };
  if (code == CURLE_WRITE_ERROR)
    return error(Code::kUnavailable, "AnswerTooLarge",
                 fmt::format("the answer is larger than {} MiB", transfer.longest_answer >> 20));
  const char* text = *detail ? detail : curl_easy_strerror(code);
  if (code == CURLE_OPERATION_TIMEDOUT) return error(Code::kTimeout, "Timeout", text);
  return error(Code::kUnavailable, "Unreachable", text);
}

Error cancelled() { return {Code::kCancelled, "Cancelled", "the request was cancelled", std::nullopt}; }

}  // namespace

struct IoLoop::Job {
  explicit Job(Transfer& t) : transfer(t) {}

  Transfer& transfer;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  curl_slist* connect_to = nullptr;
  char detail[CURL_ERROR_SIZE] = "";
  bool cancelled = false;              // Guarded by the loop's mutex.
  std::optional<Result<void>> result;  // Written before `done`.
  // Each caller is woken alone: one signal for all would wake every worker for every answer. Shared, as the caller may
  // be gone with the job before the loop's own release has returned.
  std::shared_ptr<std::binary_semaphore> done = std::make_shared<std::binary_semaphore>(0);

  void prepare() {
    easy = curl_easy_init();
    CHECK(easy != nullptr);
    for (const std::string& header : transfer.headers) headers = curl_slist_append(headers, header.c_str());
    curl_easy_setopt(easy, CURLOPT_URL, transfer.url.c_str());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer.method.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &on_socket);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set_route();
    if (!transfer.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer.body.data());
    }
    set_tls(easy, transfer.route, *transfer.identity);
  }

  void set_route() {
    // Always said, so that libcurl does not look for proxies and exceptions in the environment by its own rules.
    curl_easy_setopt(easy, CURLOPT_PROXY, transfer.route.proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    // Its answer to CONNECT is not the server's.
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (transfer.route.connect_to.empty()) return;
    connect_to = curl_slist_append(nullptr, ("::" + transfer.route.connect_to).c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to);
  }

  ~Job() {
    if (easy) curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    curl_slist_free_all(connect_to);
  }
};

IoLoop::IoLoop() {
  [[maybe_unused]] static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_ = curl_multi_init();
  CHECK(multi_ != nullptr);
  curl_multi_setopt(static_cast<CURLM*>(multi_), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(static_cast<CURLM*>(multi_), CURLMOPT_MAX_CONCURRENT_STREAMS, 200L);
  thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
}

IoLoop::~IoLoop() {
  thread_.request_stop();
  curl_multi_wakeup(static_cast<CURLM*>(multi_));
  thread_.join();
  curl_multi_cleanup(static_cast<CURLM*>(multi_));
}

Result<void> IoLoop::run(Transfer& transfer, std::stop_token stop) {
  Job job(transfer);
  job.prepare();
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return fail(cancelled());
    is_first = pending_.empty();
    pending_.push_back(&job);
    jobs_.push_back(&job);
  }
  if (is_first) curl_multi_wakeup(static_cast<CURLM*>(multi_));
  // Registered only now, so that a stop asked for in the meantime finds the job.
  const std::stop_callback on_stop(stop, [&] { cancel(job); });
  job.done->acquire();
  return *job.result;
}

void IoLoop::cancel(Job& job) {
  const std::lock_guard lock(mutex_);
  job.cancelled = true;
  curl_multi_wakeup(static_cast<CURLM*>(multi_));
}

void IoLoop::cancel_writes() {
  const std::lock_guard lock(mutex_);
  for (Job* job : jobs_)
    if (job->transfer.method != "GET") job->cancelled = true;
  curl_multi_wakeup(static_cast<CURLM*>(multi_));
}

void IoLoop::loop(std::stop_token stop) {
  CURLM* multi = static_cast<CURLM*>(multi_);
  while (!stop.stop_requested()) {
    start_pending();
    int running = 0;
    curl_multi_perform(multi, &running);
    collect_finished();
    drop_cancelled();
    curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  start_pending();
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (Job* job : jobs_) job->cancelled = true;
  }
  start_pending();
  drop_cancelled();
}

void IoLoop::start_pending() {
  std::vector<Job*> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(pending_);
  }
  for (Job* job : fresh) {
    active_.push_back(job);
    curl_multi_add_handle(static_cast<CURLM*>(multi_), job->easy);
  }
}

void IoLoop::drop_cancelled() {
  std::vector<Job*> dropped;
  {
    const std::lock_guard lock(mutex_);
    std::copy_if(active_.begin(), active_.end(), std::back_inserter(dropped), [](Job* job) { return job->cancelled; });
  }
  for (Job* job : dropped) finish(*job, fail(cancelled()));
}

void IoLoop::collect_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(static_cast<CURLM*>(multi_), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Job* job = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
    const CURLcode code = message->data.result;
    curl_off_t wait = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_RETRY_AFTER, &wait);
    if (wait > 0) job->transfer.retry_after_seconds = static_cast<double>(wait);
    if (code == CURLE_OK)
      finish(*job, {});
    else
      finish(*job, fail(transport_error(code, job->detail, job->transfer)));
  }
}

void IoLoop::finish(Job& job, Result<void> result) {
  curl_multi_remove_handle(static_cast<CURLM*>(multi_), job.easy);
  std::erase(active_, &job);
  std::unique_lock lock(mutex_);
  std::erase(jobs_, &job);
  job.result = std::move(result);
  const auto done = job.done;
  lock.unlock();
  done->release();
}

}  // namespace gyre::kube
