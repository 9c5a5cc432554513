/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-dns-message.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

/* The query of libp2p's specification. */
static void
test_query (void)
{
  static const guint8 want[] = "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                               "\x04_p2p\x04_udp\x05local\x00\x00\x0c\x00\x01";
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (FALSE);
  g_autoptr (GBytes) packet = NULL;
  MeshDnsName name;

  g_assert_true (mesh_dns_name_parse (&name, "_p2p._udp.local"));
  mesh_dns_message_add_question (message, &name, MESH_DNS_TYPE_PTR);
  packet = mesh_dns_message_encode (message);
  g_assert_cmpmem (g_bytes_get_data (packet, NULL), g_bytes_get_size (packet), want,
                   sizeof want - 1);
}

static void
assert_same (const MeshDnsMessage *a, const MeshDnsMessage *b)
{
  g_assert_cmpint (a->is_response, ==, b->is_response);
  g_assert_cmpint (a->is_truncated, ==, b->is_truncated);
  g_assert_cmpuint (a->id, ==, b->id);
  g_assert_cmpuint (a->questions->len, ==, b->questions->len);
  g_assert_cmpuint (a->records->len, ==, b->records->len);
  for (guint i = 0; i < a->questions->len; i++)
    {
      const MeshDnsQuestion *x = &g_array_index (a->questions, MeshDnsQuestion, i);
      const MeshDnsQuestion *y = &g_array_index (b->questions, MeshDnsQuestion, i);

      g_assert_true (mesh_dns_name_equal (&x->name, &y->name));
      g_assert_cmpuint (x->type, ==, y->type);
      g_assert_cmpuint (x->klass, ==, y->klass);
      g_assert_cmpint (x->wants_unicast, ==, y->wants_unicast);
    }
  for (guint i = 0; i < a->records->len; i++)
    {
      const MeshDnsRecord *x = &g_array_index (a->records, MeshDnsRecord, i);
      const MeshDnsRecord *y = &g_array_index (b->records, MeshDnsRecord, i);

      g_assert_true (mesh_dns_name_equal (&x->name, &y->name));
      g_assert_cmpint (x->section, ==, y->section);
      g_assert_cmpuint (x->type, ==, y->type);
      g_assert_cmpuint (x->klass, ==, y->klass);
      g_assert_cmpint (x->flushes, ==, y->flushes);
      g_assert_cmpuint (x->ttl_s, ==, y->ttl_s);
      g_assert_cmpuint (x->port, ==, y->port);
      g_assert_cmpuint (x->target.len, ==, y->target.len);
      if (x->target.len > 0)
        g_assert_true (mesh_dns_name_equal (&x->target, &y->target));
      if (x->data != NULL)
        g_assert_true (g_bytes_equal (x->data, y->data));
    }
}

static void
random_name (MeshRng *rng, MeshDnsName *name)
{
  static const char *const words[] = { "local", "_udp", "_p2p", "a", "B", "peer-name" };
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 1 + (guint) mesh_rng_below (rng, 5);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "." : "",
                            words[mesh_rng_below (rng, G_N_ELEMENTS (words))]);
  g_assert_true (mesh_dns_name_parse (name, text->str));
}

static void
add_random (MeshDnsMessage *message, MeshRng *rng, MeshDnsSection section)
{
  guint32 ttl_s = (guint32) mesh_rng_next (rng);
  MeshDnsName name, target;
  guint8 data[300];

  random_name (rng, &name);
  random_name (rng, &target);
  mesh_rng_fill (rng, data, sizeof data);
  switch (mesh_rng_below (rng, 3))
    {
    case 0:
      mesh_dns_message_add_ptr (message, section, &name, ttl_s, &target);
      break;
    case 1:
      mesh_dns_message_add_srv (message, section, &name, ttl_s, &target,
                                (guint16) mesh_rng_next (rng));
      break;
    default:
      {
        g_autoptr (GBytes) bytes = g_bytes_new (data, mesh_rng_below (rng, sizeof data));

        mesh_dns_message_add_data (message, section, &name, MESH_DNS_TYPE_TXT, ttl_s,
                                   bytes);
      }
    }
}

static void
test_round (void)
{
  for (guint64 seed = 0; seed < 2000; seed++)
    {
      g_autoptr (MeshDnsMessage) message = NULL;
      g_autoptr (MeshDnsMessage) copy = NULL;
      g_autoptr (GBytes) packet = NULL;
      g_autoptr (GError) error = NULL;
      MeshDnsName name;
      MeshRng rng;

      mesh_rng_init (&rng, seed);
      message = mesh_dns_message_new (seed % 2 == 0);
      message->id = (guint16) mesh_rng_next (&rng);
      message->is_truncated = seed % 3 == 0;
      for (guint i = 0; i < mesh_rng_below (&rng, 4); i++)
        {
          random_name (&rng, &name);
          mesh_dns_message_add_question (message, &name, MESH_DNS_TYPE_ANY);
        }
      for (guint section = 0; section < 3; section++)
        for (guint i = 0; i < 4; i++)
          add_random (message, &rng, section);
      packet = mesh_dns_message_encode (message);
      copy = mesh_dns_message_decode (g_bytes_get_data (packet, NULL),
                                      g_bytes_get_size (packet), &error);
      g_assert_no_error (error);
      assert_same (message, copy);
    }
}

/* Names that were there are pointed at. */
static void
test_compression (void)
{
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (TRUE);
  g_autoptr (GBytes) packet = NULL;
  MeshDnsName name, target;

  g_assert_true (mesh_dns_name_parse (&name, "_p2p._udp.local"));
  g_assert_true (mesh_dns_name_child (&target, "abc", &name));
  for (guint i = 0; i < 3; i++)
    mesh_dns_message_add_ptr (message, MESH_DNS_SECTION_ANSWER, &name, 120, &target);
  packet = mesh_dns_message_encode (message);
  g_assert_cmpuint (g_bytes_get_size (packet), ==, 12 + (17 + 10 + 6) + 2 * (2 + 10 + 2));
}

#define HEADER(flags, q, an, ns, ar) "\x00\x00" flags q an ns ar
#define ZERO "\x00\x00"
#define ONE "\x00\x01"
#define CASE(text, code) \
  { \
    text, sizeof text - 1, code \
  }

static void
test_hostile (void)
{
  static const struct
  {
    const char *data;
    gsize len;
    int code; /* -1: fine */
  } cases[] = {
    CASE ("", MESH_ERROR_INVALID),
    CASE (ZERO ZERO ZERO ZERO ZERO "\x00", MESH_ERROR_INVALID),
    CASE (HEADER (ZERO, ZERO, ZERO, ZERO, ZERO), -1),
    CASE (HEADER (ZERO, ZERO, ZERO, ZERO, ZERO) "trailing", -1),
    CASE (HEADER ("\x28\x00", ZERO, ZERO, ZERO, ZERO), MESH_ERROR_UNSUPPORTED),
    CASE (HEADER ("\x84\x03", ZERO, ZERO, ZERO, ZERO), MESH_ERROR_UNSUPPORTED),
    CASE (HEADER (ZERO, ONE, ZERO, ZERO, ZERO), MESH_ERROR_INVALID),
    CASE (HEADER (ZERO, "\x00\x21", ZERO, ZERO, ZERO), MESH_ERROR_LIMIT),
    CASE (HEADER (ZERO, ZERO, "\x01\x00", ONE, ZERO), MESH_ERROR_LIMIT),
    CASE (HEADER (ZERO, ZERO, "\xff\xff", "\xff\xff", "\xff\xff"), MESH_ERROR_LIMIT),
    /* an A record whose data is not all there */
    CASE (HEADER (ZERO, ZERO, ONE, ZERO, ZERO) "\x00" ONE ONE ZERO ZERO "\x00\x04"
                                               "abc",
          MESH_ERROR_INVALID),
    CASE (HEADER (ZERO, ZERO, ONE, ZERO, ZERO) "\x00" ONE ONE ZERO ZERO "\x00\x03"
                                               "abc",
          -1),
    /* a PTR with something behind its name, and one whose name goes on behind it */
    CASE (HEADER (ZERO, ZERO, ONE, ZERO, ZERO) "\x00\x00\x0c" ONE ZERO ZERO "\x00\x02"
                                               "\x00z",
          MESH_ERROR_INVALID),
    CASE (HEADER (ZERO, ZERO, ONE, ZERO, ZERO) "\x00\x00\x0c" ONE ZERO ZERO "\x00\x01"
                                               "\x01z\x00",
          MESH_ERROR_INVALID),
    /* an SRV that is too short */
    CASE (HEADER (ZERO, ZERO, ONE, ZERO, ZERO) "\x00\x00\x21" ONE ZERO ZERO "\x00\x05"
                                               "\x00\x00\x00\x00\x00",
          MESH_ERROR_INVALID),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshDnsMessage) message = mesh_dns_message_decode (
          (const guint8 *) cases[i].data, cases[i].len, &error);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MESH_ERROR, cases[i].code);
      g_assert_cmpint (message != NULL, ==, cases[i].code < 0);
    }
}

static void
test_too_long (void)
{
  g_autofree guint8 *data = g_malloc0 (MESH_DNS_MESSAGE_MAX_BYTES + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_dns_message_decode (data, MESH_DNS_MESSAGE_MAX_BYTES + 1, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-message/query", test_query);
  g_test_add_func ("/dns-message/round", test_round);
  g_test_add_func ("/dns-message/compression", test_compression);
  g_test_add_func ("/dns-message/hostile", test_hostile);
  g_test_add_func ("/dns-message/too-long", test_too_long);
  return g_test_run ();
}
