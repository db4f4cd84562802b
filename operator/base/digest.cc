#include "operator/base/digest.h"

#include <openssl/evp.h>

#include "operator/base/check.h"

namespace gyre {
namespace {

// Looked up once: EVP_sha256() would be looked up for every digest.
const EVP_MD* sha256() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(method != nullptr);
  return method;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(evp); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { restart(); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::restart() { CHECK(EVP_DigestInit_ex(context_->evp, sha256(), nullptr) == 1); }

void Sha256::update(std::string_view bytes) { CHECK(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1); }

std::string Sha256::finish() {
  unsigned char digest[32];
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(context_->evp, digest, &size) == 1 && size == sizeof digest);
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(64);
  for (unsigned char byte : digest) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  // To make one takes longer than to digest a name.
  thread_local Sha256 sha;
  sha.restart();
  sha.update(bytes);
  return sha.finish();
}

std::string sha256_digest(std::string_view bytes) { return "sha256:" + sha256_hex(bytes); }

std::string hash8(std::string_view bytes) { return sha256_hex(bytes).substr(0, 8); }

}  // namespace gyre
