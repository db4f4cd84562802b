#pragma once

namespace gyre {

// Prints the broken invariant and aborts: a restart is cheap, a wrong write is not.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace gyre

// For invariants of our own code only; never for what a user or the API server sent.
#define CHECK(expression)                                    \
  do {                                                       \
    if (!(expression)) [[unlikely]]                          \
      ::gyre::check_failed(#expression, __FILE__, __LINE__); \
  } while (false)
