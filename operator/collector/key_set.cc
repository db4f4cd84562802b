#include "operator/collector/key_set.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "operator/base/base64.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;
using Number = std::unique_ptr<BIGNUM, x509::Freer<BN_clear_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, x509::Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, x509::Freer<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, x509::Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, x509::Freer<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, x509::Freer<ECDSA_SIG_free>>;

constexpr int kShortestRsa = 2048;
constexpr std::size_t kCoordinate = 32;  // Of P-256, in bytes.

std::string text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Number number(std::string_view big_endian) {
  return Number(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

x509::Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    key = nullptr;
  return x509::Key(key);
}

x509::Key rsa_key(const Json& jwk) {
  const Result<std::string> n = from_base64url(text(jwk, "n")), e = from_base64url(text(jwk, "e"));
  if (!n || !e || n->empty() || e->empty()) return nullptr;
  const Number modulus = number(*n), exponent = number(*e);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  x509::Key key = make_key("RSA", builder.get());
  return key && EVP_PKEY_get_bits(key.get()) >= kShortestRsa ? std::move(key) : nullptr;
}

x509::Key ec_key(const Json& jwk) {
  const Result<std::string> x = from_base64url(text(jwk, "x")), y = from_base64url(text(jwk, "y"));
  if (text(jwk, "crv") != "P-256" || !x || !y || x->size() != kCoordinate || y->size() != kCoordinate) return nullptr;
  const std::string point = "\x04" + *x + *y;  // Uncompressed.
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return make_key("EC", builder.get());
}

// Tokens carry the two numbers side by side, OpenSSL wants them as ASN.1.
std::string as_asn1(std::string_view signature) {
  if (signature.size() != 2 * kCoordinate) return "";
  const EcSignature pair(ECDSA_SIG_new());
  Number r = number(signature.substr(0, kCoordinate)), s = number(signature.substr(kCoordinate));
  if (ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return "";
  (void)r.release(), (void)s.release();  // The signature's from here on.
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string out(reinterpret_cast<char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::optional<KeySet::PublicKey> KeySet::parse_key(const Json& jwk) {
  const std::string type = text(jwk, "kty"), use = text(jwk, "use"), said = text(jwk, "alg");
  PublicKey out;
  if (type == "RSA")
    out = {"RS256", rsa_key(jwk)};
  else if (type == "EC")
    out = {"ES256", ec_key(jwk)};
  ERR_clear_error();
  if (!out.key || (!use.empty() && use != "sig") || (!said.empty() && said != out.algorithm)) return std::nullopt;
  return out;
}

Result<KeySet> KeySet::parse(const Json& jwks) {
  const Json keys = jwks.is_object() ? jwks.value("keys", Json()) : Json();
  if (!keys.is_array()) return fail(Code::kInvalid, "NoKeySet", "the published keys are not a JWK set");
  KeySet out;
  for (const Json& jwk : keys) {
    if (!jwk.is_object()) continue;
    if (auto key = parse_key(jwk)) out.keys_.insert_or_assign(text(jwk, "kid"), *std::move(key));
  }
  return out;
}

bool KeySet::verifies(const std::string& key_id, std::string_view algorithm, std::string_view bytes,
                      std::string_view signature) const {
  const auto found = keys_.find(key_id);
  if (found == keys_.end() || found->second.algorithm != algorithm) return false;
  const std::string asn1 = algorithm == "ES256" ? as_asn1(signature) : std::string(signature);
  const DigestContext context(EVP_MD_CTX_new());
  const bool is_good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, found->second.key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(asn1), asn1.size(), bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace gyre::collector
