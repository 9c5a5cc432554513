/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-multiaddr-codec-private.h"

#include <string.h>

static void
test_table (void)
{
  const MeshMultiaddrCodec *tcp = mesh_multiaddr_codec_find (MESH_MULTIADDR_TCP);
  const MeshMultiaddrCodec *ipfs = mesh_multiaddr_codec_find_name ("ipfs/x", 4);

  g_assert_cmpstr (tcp->name, ==, "tcp");
  g_assert_true (mesh_multiaddr_codec_find_name ("tcp", 3) == tcp);
  g_assert_null (mesh_multiaddr_codec_find_name ("tcp", 2));
  g_assert_null (mesh_multiaddr_codec_find_name ("", 0));
  g_assert_null (mesh_multiaddr_codec_find (G_MAXUINT64));
  g_assert_cmpint (ipfs->protocol, ==, MESH_MULTIADDR_P2P);
}

/* Any text for a certificate hash that is read is written as base64url. */
static void
test_certhash (void)
{
  const MeshMultiaddrCodec *codec = mesh_multiaddr_codec_find (MESH_MULTIADDR_CERTHASH);
  static const char *same[] = { "uEgIBAg", "bcibacaq", "zThT7X" };
  g_autoptr (GByteArray) first = g_byte_array_new ();

  g_assert_true (codec->parse (same[0], first));
  g_assert_cmpmem (first->data, first->len, "\x12\x02\x01\x02", 4);
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autofree char *text = NULL;

      g_assert_true (codec->parse (same[i], bytes));
      text = codec->print (bytes->data, bytes->len);
      g_assert_cmpstr (text, ==, same[0]);
    }
  g_assert_false (codec->parse ("uEgIBAh", first)); /* bits left over */
  g_assert_false (codec->parse ("mEgIBAg", first));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/multiaddr-codec/table", test_table);
  g_test_add_func ("/peer/multiaddr-codec/certhash", test_certhash);
  return g_test_run ();
}
