#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::runtime {

// Text that was made small by a TextPacker.
struct PackedText {
  std::unique_ptr<const char[]> bytes;
  std::uint32_t packed_size = 0;
  std::uint32_t size = 0;
  const void* dictionary = nullptr;  // The packer's own.
};

// Keeps many texts that resemble one another, as objects of one kind do, in a tenth of their size: each is written as
// its difference from a few that came before (LZ4 with a dictionary: https://lz4.org). Thread-safe.
class TextPacker {
 public:
  TextPacker();
  ~TextPacker();
  TextPacker(const TextPacker&) = delete;
  TextPacker& operator=(const TextPacker&) = delete;

  PackedText pack(std::string_view text);
  // Only what this packer packed, while it lives.
  static std::string unpack(const PackedText& packed);
  // The same into `text`, whose memory it uses again.
  static void unpack(const PackedText& packed, std::string& text);

 private:
  struct Dictionary;
  const Dictionary& learn(std::string_view text);

  std::mutex mutex_;
  std::vector<std::unique_ptr<const Dictionary>> dictionaries_;  // GUARDED_BY(mutex_) Appended only.
  std::string samples_;                                          // GUARDED_BY(mutex_)
  std::uint64_t seen_ = 0;                                       // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
