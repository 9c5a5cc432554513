/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-caps.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

static void
test_known_bytes (void)
{
  static const guint8 want[]
      = { 0x08, 0x05, 0x12, 0x06, 's', 'e', 'e', 'd',  'e',  'r',
          0x12, 0x05, 'r',  'e',  'l', 'a', 'y', 0x18, 0xac, 0x02 };
  g_autoptr (MeshCaps) caps = mesh_caps_new ();
  g_autoptr (GBytes) bytes = NULL;

  caps->counter = 5;
  caps->roles = MESH_CAPS_ROLE_SEEDER | MESH_CAPS_ROLE_RELAY;
  caps->up_bps = 300;
  bytes = mesh_caps_encode (caps);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), want,
                   sizeof want);
}

static void
test_round (void)
{
  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_autoptr (MeshCaps) caps = mesh_caps_new ();
      g_autoptr (MeshCaps) copy = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      guint8 root[32];
      MeshRng rng;

      mesh_rng_init (&rng, seed);
      caps->counter = mesh_rng_next (&rng);
      caps->roles = (guint) mesh_rng_below (&rng, 1 << MESH_CAPS_N_ROLES);
      caps->up_bps = mesh_rng_next (&rng) >> mesh_rng_below (&rng, 64);
      caps->down_bps = mesh_rng_next (&rng) >> mesh_rng_below (&rng, 64);
      caps->n_roots = mesh_rng_below (&rng, 500);
      mesh_rng_fill (&rng, root, sizeof root);
      if (caps->n_roots > 0)
        {
          caps->roots = mesh_bloom_new (caps->n_roots, MESH_CAPS_FALSE_POSITIVES,
                                        MESH_CAPS_MAX_BLOOM_BYTES, mesh_rng_next (&rng));
          mesh_bloom_add (caps->roots, root, sizeof root);
        }
      bytes = mesh_caps_encode (caps);
      copy = mesh_caps_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                               &error);
      g_assert_no_error (error);
      g_assert_cmpuint (copy->counter, ==, caps->counter);
      g_assert_cmpuint (copy->roles, ==, caps->roles);
      g_assert_cmpuint (copy->up_bps, ==, caps->up_bps);
      g_assert_cmpuint (copy->down_bps, ==, caps->down_bps);
      g_assert_cmpuint (copy->n_roots, ==, caps->n_roots);
      g_assert_cmpint (mesh_caps_may_hold (copy, root, sizeof root), ==,
                       caps->n_roots > 0);
    }
}

/* The largest message there can be is within the bound. */
static void
test_largest (void)
{
  g_autoptr (MeshCaps) caps = mesh_caps_new ();
  g_autoptr (MeshCaps) copy = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  caps->counter = caps->up_bps = caps->down_bps = G_MAXUINT64;
  caps->n_roots = MESH_CAPS_MAX_ROOTS;
  caps->roles = (1 << MESH_CAPS_N_ROLES) - 1;
  caps->roots = mesh_bloom_new (MESH_CAPS_MAX_ROOTS, MESH_CAPS_FALSE_POSITIVES,
                                MESH_CAPS_MAX_BLOOM_BYTES, G_MAXUINT64);
  bytes = mesh_caps_encode (caps);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, MESH_CAPS_MAX_BLOOM_BYTES);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, MESH_CAPS_MAX_BYTES);
  copy = mesh_caps_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                           &error);
  g_assert_no_error (error);
  g_assert_true (mesh_bloom_equal (copy->roots, caps->roots));
}

#define CASE(text, code) \
  { \
    (const guint8 *) text, sizeof text - 1, code \
  }

static void
test_hostile (void)
{
  static const struct
  {
    const guint8 *data;
    gsize len;
    int code; /* -1: fine */
  } cases[] = {
    CASE ("", -1),
    CASE ("\x12\x0bi-am-future", -1),      /* a role of a later version */
    CASE ("\x7a\x02hi", -1),               /* a field of a later version */
    CASE ("\x08", MESH_ERROR_INVALID),     /* cut */
    CASE ("\x12\x00", MESH_ERROR_INVALID), /* an empty role */
    CASE ("\x12\x03"
          "a\nb",
          MESH_ERROR_INVALID), /* not a role */
    CASE ("\x12\x21"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          MESH_ERROR_INVALID),
    CASE ("\x12\x7fshort", MESH_ERROR_INVALID),
    CASE ("\x28\xc1\x84\x3d", MESH_ERROR_INVALID), /* a million and one roots */
    CASE ("\x32\x00", MESH_ERROR_INVALID),         /* a filter of nothing */
    CASE ("\x32\x04\x0a\x00\x10\x07", MESH_ERROR_INVALID),
    CASE ("\x32\x05\x0a\x01\xff\x10\x00", MESH_ERROR_INVALID),
    CASE ("\x32\x05\x0a\x01\xff\x10\x11", MESH_ERROR_INVALID),
    CASE ("\x32\x05\x0a\x01\xff\x10\x10", -1),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshCaps) caps = mesh_caps_decode (cases[i].data, cases[i].len, &error);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MESH_ERROR, cases[i].code);
      g_assert_cmpint (caps != NULL, ==, cases[i].code < 0);
    }
}

static void
test_bounds (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 head[] = { 0x32, 0x84, 0x78, 0x0a, 0x81, 0x78 };

  for (guint i = 0; i <= MESH_CAPS_MAX_ROLES; i++)
    g_byte_array_append (array, (const guint8 *) "\x12\x01x", 3);
  g_assert_null (mesh_caps_decode (array->data, array->len, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  /* A filter one byte longer than allowed. */
  g_byte_array_set_size (array, 0);
  g_byte_array_append (array, head, sizeof head);
  g_byte_array_set_size (array, sizeof head + 15361);
  g_assert_null (mesh_caps_decode (array->data, array->len, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_byte_array_set_size (array, MESH_CAPS_MAX_BYTES + 1);
  g_assert_null (mesh_caps_decode (array->data, array->len, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
test_names (void)
{
  g_auto (GStrv) names
      = mesh_caps_dup_role_names (MESH_CAPS_ROLE_RELAY | MESH_CAPS_ROLE_DHT_SERVER);
  static const char *const want[] = { "dht-server", "relay", NULL };

  g_assert_cmpstrv (names, want);
  g_assert_cmpstr (mesh_caps_role_get_name (MESH_CAPS_ROLE_MINI_MASTER), ==,
                   "mini-master");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/caps/known-bytes", test_known_bytes);
  g_test_add_func ("/caps/round", test_round);
  g_test_add_func ("/caps/largest", test_largest);
  g_test_add_func ("/caps/hostile", test_hostile);
  g_test_add_func ("/caps/bounds", test_bounds);
  g_test_add_func ("/caps/names", test_names);
  return g_test_run ();
}
