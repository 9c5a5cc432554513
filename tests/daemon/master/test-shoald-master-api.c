/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-api.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "master-fixture.h"

#define UPDATES "/api/v1/updates"
#define LATEST "/api/v1/updates/latest?app=" TRUST_FIXTURE_APP
#define FAR_FUTURE_S G_GINT64_CONSTANT (4000000000)

static TrustFixture
release (const char *version, guint64 counter)
{
  TrustFixture wanted = trust_fixture_default ();

  wanted.version = version;
  wanted.counter = counter;
  wanted.expires_s = FAR_FUTURE_S;
  return wanted;
}

static MasterAnswer *
put (MasterFixture *fixture, GBytes *envelope)
{
  return master_fixture_ask (fixture, "PUT", UPDATES, envelope, NULL);
}

static void
put_good (MasterFixture *fixture, const TrustFixture *wanted, guint status)
{
  g_autoptr (GBytes) envelope = trust_fixture_simple (wanted);
  g_autoptr (MasterAnswer) answer = put (fixture, envelope);

  g_assert_cmpuint (answer->status, ==, status);
}

static void
put_bad (MasterFixture *fixture, GBytes *envelope, guint status, const char *nick)
{
  g_autoptr (GBytes) owned = envelope;
  g_autoptr (MasterAnswer) answer = put (fixture, envelope);

  g_test_message ("%s", nick);
  master_answer_assert_error (answer, status, nick);
}

static void
test_publish (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture one = release ("1.0.0", 1);
  TrustFixture two = release ("1.1.0", 2);
  g_autoptr (GBytes) envelope = trust_fixture_simple (&two);
  g_autoptr (MasterAnswer) none = master_fixture_ask (fixture, "GET", LATEST, NULL, NULL);
  g_autoptr (MasterAnswer) latest = NULL;

  master_answer_assert_error (none, 404, "NotFound");
  put_good (fixture, &one, 201);
  put_good (fixture, &one, 200);
  put_good (fixture, &two, 201);
  latest = master_fixture_ask (fixture, "GET", LATEST "&channel=stable", NULL, NULL);
  g_assert_cmpuint (latest->status, ==, 200);
  g_assert_true (g_bytes_equal (latest->body, envelope));
}

static void
test_conditional (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture one = release ("1.0.0", 1);
  TrustFixture two = release ("1.1.0", 2);
  g_autofree char *etag = NULL;
  g_autoptr (MasterAnswer) first = NULL;
  g_autoptr (MasterAnswer) same = NULL;
  g_autoptr (MasterAnswer) changed = NULL;

  put_good (fixture, &one, 201);
  first = master_fixture_ask (fixture, "GET", LATEST, NULL, NULL);
  etag = g_strdup (master_answer_get_header (first, "ETag"));
  g_assert_nonnull (
      strstr (master_answer_get_header (first, "Cache-Control"), "no-cache"));
  same = master_fixture_ask (fixture, "GET", LATEST, NULL, "If-None-Match", etag, NULL);
  g_assert_cmpuint (same->status, ==, 304);
  g_assert_cmpuint (g_bytes_get_size (same->body), ==, 0);
  g_assert_cmpstr (master_answer_get_header (same, "ETag"), ==, etag);
  put_good (fixture, &two, 201);
  changed
      = master_fixture_ask (fixture, "GET", LATEST, NULL, "If-None-Match", etag, NULL);
  g_assert_cmpuint (changed->status, ==, 200);
  g_assert_cmpstr (master_answer_get_header (changed, "ETag"), !=, etag);
}

static GBytes *
signed_by (const TrustFixture *wanted, guint8 chain_key, guint8 signer)
{
  g_autoptr (MeshKeyFile) keys
      = trust_fixture_key_file (wanted->app_id, 1, 1, chain_key, 1, 0, 0);

  return trust_fixture_envelope (
      wanted, trust_fixture_chain (g_steal_pointer (&keys), NULL, NULL), signer, 1);
}

/* Changes the last hexadecimal digit of the last signature in the text. */
static GBytes *
with_broken_signature (const TrustFixture *wanted)
{
  g_autoptr (GBytes) good = trust_fixture_simple (wanted);
  gsize len;
  char *text = g_strndup (g_bytes_get_data (good, &len), g_bytes_get_size (good));
  char *sig = g_strrstr (text, "\"sig\":\"") + strlen ("\"sig\":\"");

  *sig = *sig == '0' ? '1' : '0';
  return g_bytes_new_take (text, len);
}

static void
test_refused (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture one = release ("1.0.0", 1);
  TrustFixture five = release ("1.5.0", 5);
  TrustFixture four = release ("1.6.0", 4);
  TrustFixture other = release ("1.5.1", 5);
  TrustFixture older = release ("1.4.0", 6);
  TrustFixture expired = release ("2.0.0", 7);
  g_autoptr (MasterAnswer) latest = NULL;
  g_autoptr (GBytes) kept = trust_fixture_simple (&five);

  put_bad (fixture, g_bytes_new_static ("{}", 2), 400, "Invalid");
  put_bad (fixture, g_bytes_new_static ("not json", 8), 400, "Invalid");
  put_bad (fixture, with_broken_signature (&one), 403, "BadSignature");
  put_good (fixture, &five, 201);
  put_bad (fixture, trust_fixture_simple (&one), 409, "Rollback");
  put_bad (fixture, trust_fixture_simple (&four), 409, "Rollback");
  put_bad (fixture, trust_fixture_simple (&other), 409, "Mixed");
  put_bad (fixture, trust_fixture_simple (&older), 409, "Rollback");
  put_bad (fixture, signed_by (&expired, 7, 7), 403, "UnknownKey");
  expired.expires_s = 1000;
  put_bad (fixture, trust_fixture_simple (&expired), 422, "Expired");
  latest = master_fixture_ask (fixture, "GET", LATEST, NULL, NULL);
  g_assert_true (g_bytes_equal (latest->body, kept));
}

/* Keys rotate with the old ones' consent only, and then the old ones are out. */
static void
test_rotation (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture one = release ("1.0.0", 1);
  TrustFixture two = release ("2.0.0", 2);
  TrustFixture three = release ("3.0.0", 3);
  g_autoptr (MasterAnswer) forged = NULL;
  g_autoptr (MasterAnswer) rotated = NULL;
  g_autoptr (GBytes) with_consent = NULL;
  g_autoptr (GBytes) without = NULL;

  two.key_version = 2;
  put_good (fixture, &one, 201);
  without = trust_fixture_envelope (
      &two,
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0),
                           trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 9, 1, 0, 0),
                           NULL),
      9, 1);
  forged = put (fixture, without);
  g_assert_cmpuint (forged->status, ==, 403);
  with_consent = trust_fixture_envelope (
      &two,
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0),
                           trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 9, 1, 1, 1),
                           NULL),
      9, 1);
  rotated = put (fixture, with_consent);
  g_assert_cmpuint (rotated->status, ==, 201);
  put_bad (fixture, trust_fixture_simple (&three), 409, "Rollback");
}

static void
test_channels (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture stable = release ("1.0.0", 1);
  TrustFixture beta = release ("2.0.0-beta.1", 1);
  g_autoptr (MasterAnswer) answer = NULL;
  g_autoptr (MasterAnswer) nowhere = NULL;
  g_autoptr (GBytes) expected = NULL;

  beta.channel = "beta";
  expected = trust_fixture_simple (&beta);
  put_good (fixture, &stable, 201);
  put_good (fixture, &beta, 201);
  answer = master_fixture_ask (fixture, "GET", LATEST "&channel=beta", NULL, NULL);
  g_assert_true (g_bytes_equal (answer->body, expected));
  nowhere = master_fixture_ask (fixture, "GET", LATEST "&channel=gamma", NULL, NULL);
  master_answer_assert_error (nowhere, 404, "NotFound");
}

static void
test_oversize (MasterFixture *fixture, gconstpointer unused)
{
  gsize len = MESH_SIGNED_MANIFEST_MAX_BYTES + 1;
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (len), len);
  g_autoptr (MasterAnswer) announced = put (fixture, body);
  g_autoptr (MasterAnswer) health = NULL;

  master_answer_assert_error (announced, 413, "TooLarge");
  health = master_fixture_ask (fixture, "GET", "/healthz", NULL, NULL);
  g_assert_cmpuint (health->status, ==, 200);
}

static void
test_rate (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (MasterAnswer) answer = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  for (guint i = 0; i < SHOALD_MASTER_LIMITER_BURST; i++)
    put_bad (fixture, g_bytes_ref (body), 400, "Invalid");
  answer = put (fixture, body);
  /* On a slow machine one more or another is allowed meanwhile. */
  for (guint i = 0; i < 100 && answer->status == 400; i++)
    {
      g_clear_pointer (&answer, master_answer_free);
      answer = put (fixture, body);
    }
  master_answer_assert_error (answer, 429, "Busy");
  g_assert_cmpint (
      g_ascii_strtoll (master_answer_get_header (answer, "Retry-After"), NULL, 10), >, 0);
}

static void
test_bad_requests (MasterFixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *method;
    const char *target;
    guint status;
    const char *nick;
  } table[] = {
    { "GET", "/api/v1/updates/latest", 400, "Invalid" },
    { "GET", "/api/v1/updates/latest?app=", 400, "Invalid" },
    { "GET", "/api/v1/updates", 405, "Unsupported" },
    { "DELETE", LATEST, 405, "Unsupported" },
    { "PUT", "/api/v1/packages", 405, "Unsupported" },
    { "GET", "/api/v1/packages?limit=1000", 400, "Invalid" },
    { "GET", "/api/v1/updates/else", 404, "NotFound" },
    { "GET", "/api/v2", 404, "NotFound" },
    { "GET", "/", 404, "NotFound" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (MasterAnswer) answer
          = master_fixture_ask (fixture, table[i].method, table[i].target, NULL, NULL);

      g_test_message ("%s %s", table[i].method, table[i].target);
      master_answer_assert_error (answer, table[i].status, table[i].nick);
    }
}

static void
test_search (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture one = release ("1.0.0", 1);
  g_autoptr (MasterAnswer) answer = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object, *package;

  put_good (fixture, &one, 201);
  answer = master_fixture_ask (fixture, "GET", "/api/v1/packages?q=EXAMPLE", NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (json_parser_load_from_data (parser,
                                             g_bytes_get_data (answer->body, NULL),
                                             g_bytes_get_size (answer->body), NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (object, "total"), ==, 1);
  package = json_array_get_object_element (
      json_object_get_array_member (object, "packages"), 0);
  g_assert_cmpstr (json_object_get_string_member (package, "app_id"), ==,
                   TRUST_FIXTURE_APP);
  g_assert_cmpstr (json_object_get_string_member (package, "version"), ==, "1.0.0");
  g_assert_cmpuint (strlen (json_object_get_string_member (package, "fingerprint")), ==,
                    64);
}

/* What was published is there after a restart, and so is what is trusted. */
static void
test_restart (MasterFixture *fixture, gconstpointer unused)
{
  TrustFixture one = release ("1.0.0", 1);
  TrustFixture two = release ("2.0.0", 2);
  g_autoptr (MasterAnswer) latest = NULL;
  g_autoptr (GBytes) expected = trust_fixture_simple (&two);

  put_good (fixture, &two, 201);
  master_fixture_restart (fixture);
  latest = master_fixture_ask (fixture, "GET", LATEST, NULL, NULL);
  g_assert_true (g_bytes_equal (latest->body, expected));
  put_bad (fixture, trust_fixture_simple (&one), 409, "Rollback");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/master/api/" path, MasterFixture, NULL, master_fixture_set_up, func, \
              master_fixture_tear_down)
  ADD ("publish", test_publish);
  ADD ("conditional", test_conditional);
  ADD ("refused", test_refused);
  ADD ("rotation", test_rotation);
  ADD ("channels", test_channels);
  ADD ("oversize", test_oversize);
  ADD ("rate", test_rate);
  ADD ("bad-requests", test_bad_requests);
  ADD ("search", test_search);
  ADD ("restart", test_restart);
  return g_test_run ();
}
