#include "operator/base/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace gyre {
namespace {

std::string translated(std::string text, std::string_view from, std::string_view to) {
  for (char& each : text)
    if (const std::size_t at = from.find(each); at != std::string_view::npos) each = to[at];
  return text;
}

}  // namespace

std::string to_base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero behind the text.
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

Result<std::string> from_base64(const std::string& text) {
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  // OpenSSL forgives white space around the text, and padding anywhere, which it counts as zero bytes.
  const std::size_t end = std::min(text.find('='), text.size());
  const std::size_t padding = text.size() - end;
  if (text.size() % 4 != 0 || padding > 2 || text.find_first_not_of('=', end) != std::string::npos ||
      size != static_cast<int>(out.size()))
    return fail(Code::kInvalid, "NotBase64", "is not base64");
  out.resize(out.size() - padding);
  return out;
}

std::string to_base64url(const std::string& bytes) {
  std::string out = translated(to_base64(bytes), "+/", "-_");
  out.erase(std::ranges::find(out, '='), out.end());
  return out;
}

Result<std::string> from_base64url(std::string text) {
  if (text.find_first_of("+/=") != std::string::npos) return fail(Code::kInvalid, "NotBase64", "is not base64url");
  text = translated(std::move(text), "-_", "+/");
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text);
}

}  // namespace gyre
