#include "dataplane/agent/relay.h"

#include <array>
#include <limits>

#include "dataplane/wire/routes.h"

namespace gyre::agent {
namespace {

using Parser = http::response_parser<http::buffer_body>;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr Duration kConnectTimeout = std::chrono::seconds(1);
constexpr std::size_t kChunk = 16 * 1024;

End end_of(const ErrorCode& error) { return error == beast::error::timeout ? End::kTimeout : End::kNoAnswer; }

// Sends the request and reads the head of its answer.
Task<ErrorCode> exchange_heads(Link& link, HttpRequest& request, Parser& parser, SteadyTime deadline) {
  ErrorCode error;
  link.stream.expires_at(deadline);
  co_await http::async_write(link.stream, request, into(error));
  if (error) co_return error;
  // boost::none, which means without a limit, refuses every body in Boost 1.74.
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  if (request.method() == http::verb::head) parser.skip(true);
  co_await http::async_read_header(link.stream, link.buffer, parser, into(error));
  co_return error;
}

// What is between us and the server stays there; what is between us and the client is ours to say.
void rewrite_head(Parser& parser, const RelayOptions& options) {
  auto& answer = parser.get();
  const bool until_eof = parser.need_eof();
  answer.erase(http::field::connection);
  answer.erase(http::field::keep_alive);
  answer.erase(http::field::proxy_connection);
  answer.erase(http::field::upgrade);
  if (answer.find(wire::kRevisionHeader) == answer.end()) answer.set(wire::kRevisionHeader, options.revision);
  answer.version(options.client_version);
  if (options.client_version < 11)
    answer.chunked(false);
  else if (until_eof)
    answer.chunked(true);
  answer.keep_alive(options.keep_client);
}

void capture(Relayed& relayed, std::size_t& room, const char* data, std::size_t size) {
  if (size > room) {
    room = 0;
    relayed.body.clear();
    return;
  }
  room -= size;
  relayed.body.append(data, size);
}

// The body, piece by piece as it comes.
Task<End> stream_body(Link& link, Parser& parser, Stream& client, const RelayOptions& options, Relayed& relayed) {
  http::response_serializer<http::buffer_body> serializer(parser.get());
  std::array<char, kChunk> chunk;
  std::size_t room = options.capture;
  auto& body = parser.get().body();
  while (!serializer.is_done()) {
    body.data = nullptr;
    body.size = 0;
    body.more = false;
    ErrorCode error;
    if (!parser.is_done()) {
      body.data = chunk.data();
      body.size = chunk.size();
      co_await http::async_read_some(link.stream, link.buffer, parser, into(error));
      if (error == http::error::need_buffer) error = {};
      if (error) co_return serializer.is_header_done() ? End::kBroken : end_of(error);
      body.size = chunk.size() - body.size;
      // An empty buffer would be written as an empty chunk, which ends the answer.
      body.data = body.size > 0 ? chunk.data() : nullptr;
      body.more = !parser.is_done();
      if (options.capture > 0) capture(relayed, room, chunk.data(), body.size);
    }
    client.expires_after(options.timeout);
    co_await http::async_write(client, serializer, into(error));
    if (error && error != http::error::need_buffer) co_return End::kClientGone;
  }
  co_return End::kDone;
}

}  // namespace

Task<Relayed> relay(Pool& pool, HttpRequest& request, Stream& client, const RelayOptions& options) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + options.timeout;
  Relayed relayed;
  std::unique_ptr<Link> link;
  std::unique_ptr<Parser> parser;
  Freshness freshness = Freshness::kAny;
  while (true) {
    link = co_await pool.acquire(options.to, freshness, kConnectTimeout);
    if (!link) {
      relayed.end = End::kConnectFailed;
      co_return relayed;
    }
    parser = std::make_unique<Parser>();
    const ErrorCode error = co_await exchange_heads(*link, request, *parser, deadline);
    if (!error) break;
    relayed.end = end_of(error);
    // The server may have closed a kept connection just as we used it.
    if (relayed.end == End::kTimeout || !link->reused) co_return relayed;
    freshness = Freshness::kNew;
  }
  relayed.status = static_cast<int>(parser->get().result_int());
  if (relayed.status == 503 && parser->get().find(wire::kRefusedHeader) != parser->get().end()) {
    relayed.end = End::kRefused;
    co_return relayed;
  }
  const bool reusable = parser->keep_alive();
  rewrite_head(*parser, options);
  relayed.end = co_await stream_body(*link, *parser, client, options, relayed);
  if (relayed.end == End::kDone && reusable && link->buffer.size() == 0) pool.release(options.to, std::move(link));
  co_return relayed;
}

}  // namespace gyre::agent
