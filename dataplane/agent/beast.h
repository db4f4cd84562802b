#pragma once

// Boost.Beast and its names; only .cc files and their private headers include it, since it is slow to compile.

// clang-format off: Boost 1.74's awaitable.hpp needs std::exchange and does not include it.
#include <utility>
#include <boost/asio/awaitable.hpp>
// clang-format on
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace gyre::agent {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Stream = beast::tcp_stream;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;
template <class T>
using Task = asio::awaitable<T>;

// co_await …(…, into(error)): errors come as values.
inline auto into(ErrorCode& error) { return asio::redirect_error(asio::use_awaitable, error); }

}  // namespace gyre::agent
