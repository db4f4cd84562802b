#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <nlohmann/json.hpp>
#include <string>

#include "operator/base/base64.h"
#include "operator/serve/x509_handles.h"

namespace gyre::collector {

// A private key that signs tokens as an API server does.
class SigningKey {
 public:
  using Json = nlohmann::json;

  static SigningKey rsa(std::string id, unsigned bits = 2048) { return {std::move(id), "RS256", EVP_RSA_gen(bits)}; }
  static SigningKey ec(std::string id) { return {std::move(id), "ES256", EVP_EC_gen("P-256")}; }

  const std::string& id() const { return id_; }

  Json jwk() const {
    Json out = {{"use", "sig"}, {"kid", id_}, {"alg", algorithm_}};
    if (algorithm_ == "RS256")
      out.update({{"kty", "RSA"}, {"n", number(OSSL_PKEY_PARAM_RSA_N)}, {"e", number(OSSL_PKEY_PARAM_RSA_E)}});
    else
      out.update({{"kty", "EC"},
                  {"crv", "P-256"},
                  {"x", number(OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                  {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y, 32)}});
    return out;
  }

  std::string token(const Json& claims) const { return token(claims, {{"alg", algorithm_}, {"kid", id_}}); }
  std::string token(const Json& claims, const Json& header) const {
    const std::string bytes = to_base64url(header.dump()) + "." + to_base64url(claims.dump());
    return bytes + "." + to_base64url(signature(bytes));
  }

 private:
  SigningKey(std::string id, std::string algorithm, EVP_PKEY* key)
      : id_(std::move(id)), algorithm_(std::move(algorithm)), key_(key) {}

  std::string number(const char* name, int size = 0) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    std::string out(static_cast<std::size_t>(size != 0 ? size : BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
    BN_free(value);
    return to_base64url(out);
  }

  std::string signature(const std::string& bytes) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get());
    std::string out(512, '\0');
    std::size_t size = out.size();
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return algorithm_ == "ES256" ? side_by_side(out) : out;
  }

  // Tokens carry both numbers of the signature in 32 bytes each.
  static std::string side_by_side(const std::string& asn1) {
    const auto* at = reinterpret_cast<const unsigned char*>(asn1.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(asn1.size()));
    std::string out(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(out.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
    ECDSA_SIG_free(pair);
    return out;
  }

  std::string id_;
  std::string algorithm_;
  x509::Key key_;
};

}  // namespace gyre::collector
