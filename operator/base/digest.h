#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gyre {

// SHA-256, computed piece by piece. One stream, one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  // 64 lower-case hex digits. Nothing but `restart` may follow.
  std::string finish();
  // Begins anew.
  void restart();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
// As it is written in our API: "sha256:<64 hex digits>".
std::string sha256_digest(std::string_view bytes);
// The first 8 hex digits, as names carry them.
std::string hash8(std::string_view bytes);

}  // namespace gyre
