#pragma once

#include "dataplane/agent/pool.h"

namespace gyre::agent {

enum class End {
  kDone,           // The client has the answer.
  kConnectFailed,  // Nobody took the connection; nothing was sent to the client.
  kRefused,        // The other agent says that this is not its traffic; nothing was sent to the client.
  kNoAnswer,       // The server gave up before it answered; nothing was sent to the client.
  kTimeout,        // As kNoAnswer, for want of time.
  kBroken,         // The answer ended in the middle; the client's connection is of no more use.
  kClientGone,     // The client gave up.
};

struct Relayed {
  End end = End::kNoAnswer;
  int status = 0;
  std::string body;  // As far as it was asked for; empty when it was longer.
};

struct RelayOptions {
  Address to;
  Duration timeout{};    // For the whole exchange.
  std::string revision;  // Named in the answer unless the server names one.
  unsigned client_version = 11;
  bool keep_client = true;  // Whether the client's connection stays open.
  std::size_t capture = 0;  // Longest answer that is kept for the caller.
};

// Sends a request on and streams the answer to the client. A kept connection that turns out to be closed is replaced
// by a new one. `request` may be sent again after any end at which nothing was sent to the client.
Task<Relayed> relay(Pool& pool, HttpRequest& request, Stream& client, const RelayOptions& options);

}  // namespace gyre::agent
