#pragma once

// OpenSSL objects that free themselves, and PEM in and out of them.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "operator/base/result.h"

namespace gyre::webhooks::x509 {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

Result<Certificate> parse_certificate(const std::string& pem);
Result<Key> parse_key(const std::string& pem);

// What OpenSSL says went wrong, under this reason.
std::unexpected<Error> openssl_error(std::string_view what);

}  // namespace gyre::webhooks::x509
