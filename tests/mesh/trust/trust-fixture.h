/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "trust/mesh-trust.h"

/* Makes releases for tests, good ones and wrong ones. */

#define TRUST_FIXTURE_NOW_S 1800000000
#define TRUST_FIXTURE_APP "org.example.App"

typedef struct
{
  const char *app_id;
  const char *channel;
  const char *version;
  guint64 counter;
  guint64 key_version;
  gint64 expires_s;
} TrustFixture;

/* A good first release; change what should be wrong. */
TrustFixture trust_fixture_default (void);

MeshKeypair *trust_fixture_keypair (guint8 number);

/* Keys @first to @first + n - 1, signed by themselves and, if given, by @n_old keys from
 * @old_first on. */
MeshKeyFile *trust_fixture_key_file (const char *app_id,
                                     guint64 version,
                                     guint threshold,
                                     guint8 first,
                                     guint8 n,
                                     guint8 old_first,
                                     guint8 n_old);

MeshManifest *trust_fixture_manifest (const TrustFixture *fixture);

/* @chain is consumed. Signed by keys @first to @first + n - 1. */
GBytes *trust_fixture_envelope (const TrustFixture *fixture,
                                GPtrArray *chain,
                                guint8 first,
                                guint8 n);

/* One key file with key 1 alone, signed by key 1. */
GBytes *trust_fixture_simple (const TrustFixture *fixture);

GPtrArray *trust_fixture_chain (MeshKeyFile *a, MeshKeyFile *b, MeshKeyFile *c);
