/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-dns-name.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gboolean is_good;
  } cases[] = {
    { "_p2p._udp.local", TRUE },
    { "local", TRUE },
    { "", FALSE },
    { ".local", FALSE },
    { "a..b", FALSE },
    { "a.", FALSE },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", TRUE },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = NULL;
      MeshDnsName name;

      g_assert_cmpint (mesh_dns_name_parse (&name, cases[i].text), ==, cases[i].is_good);
      if (!cases[i].is_good)
        continue;
      text = mesh_dns_name_to_string (&name);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_longest (void)
{
  g_autoptr (GString) text = g_string_new ("a");
  MeshDnsName name, child;

  /* 127 labels of one letter and the root: 255 bytes. */
  for (guint i = 1; i < 127; i++)
    g_string_append (text, ".a");
  g_assert_true (mesh_dns_name_parse (&name, text->str));
  g_assert_cmpuint (name.len, ==, 255);
  g_assert_false (mesh_dns_name_child (&child, "a", &name));
  g_string_append (text, ".a");
  g_assert_false (mesh_dns_name_parse (&name, text->str));
}

static void
test_family (void)
{
  MeshDnsName service, child, grandchild, other;

  g_assert_true (mesh_dns_name_parse (&service, "_p2p._udp.local"));
  g_assert_true (mesh_dns_name_child (&child, "Peer", &service));
  g_assert_true (mesh_dns_name_parse (&other, "peer._P2P._udp.LOCAL"));
  g_assert_true (mesh_dns_name_equal (&child, &other));
  g_assert_cmpuint (mesh_dns_name_hash (&child), ==, mesh_dns_name_hash (&other));
  g_assert_true (mesh_dns_name_is_child (&child, &service));
  g_assert_true (mesh_dns_name_child (&grandchild, "x", &child));
  g_assert_false (mesh_dns_name_is_child (&grandchild, &service));
  g_assert_false (mesh_dns_name_is_child (&service, &service));
  g_assert_false (mesh_dns_name_is_child (&service, &child));
}

#define CASE(text, at, want) \
  { \
    text, sizeof text - 1, at, want \
  }

static void
test_read (void)
{
  static const struct
  {
    const char *packet;
    gsize len;
    gsize offset;
    const char *want; /* NULL: refused */
  } cases[] = {
    CASE ("\x01"
          "a\x00",
          0, "a"),
    CASE ("\x00", 0, ""),
    CASE ("\x01"
          "a\x00\x01"
          "b\xc0\x00",
          3, "b.a"),
    CASE ("\x01"
          "a\x00\xc0\x00\xc0\x03",
          5, "a"),
    CASE ("", 0, NULL),
    CASE ("\x01", 0, NULL),
    CASE ("\x01"
          "a",
          0, NULL),
    CASE ("\xc0\x00", 0, NULL), /* at itself */
    CASE ("\x01"
          "a\xc0\x00",
          0, NULL), /* a loop */
    CASE ("\x01"
          "a\xc0\x04\x00",
          0, NULL), /* forwards */
    CASE ("\xc0", 0, NULL),
    CASE ("\x40"
          "a",
          0, NULL), /* kinds of label that were never used */
    CASE ("\x80"
          "a",
          0, NULL),
    CASE ("\x01"
          "a\x01"
          "b\xc0\x02\x00",
          4, NULL), /* into its own pointer */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = NULL;
      gsize offset = cases[i].offset;
      MeshDnsName name;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (!mesh_dns_name_read (&name, (const guint8 *) cases[i].packet, cases[i].len,
                               &offset))
        {
          g_assert_null (cases[i].want);
          g_assert_cmpuint (offset, ==, cases[i].offset);
          continue;
        }
      text = mesh_dns_name_to_string (&name);
      g_assert_cmpstr (text, ==, cases[i].want);
      g_assert_cmpuint (offset, ==, cases[i].len);
    }
}

/* As many pointers as there may be, and one more. */
static void
test_pointers (void)
{
  guint8 packet[3 + 2 * (MESH_DNS_NAME_MAX_POINTERS + 1)] = { 1, 'a', 0 };
  gsize offset;
  MeshDnsName name;

  for (guint i = 0; i <= MESH_DNS_NAME_MAX_POINTERS; i++)
    {
      guint target = i == 0 ? 0 : 1 + 2 * i;

      packet[3 + 2 * i] = (guint8) (0xc0 | target >> 8);
      packet[4 + 2 * i] = (guint8) target;
    }
  offset = sizeof packet - 4;
  g_assert_true (mesh_dns_name_read (&name, packet, sizeof packet, &offset));
  offset = sizeof packet - 2;
  g_assert_false (mesh_dns_name_read (&name, packet, sizeof packet, &offset));
}

static void
test_print (void)
{
  static const guint8 packet[] = { 4, 'a', '.', 7, '\\', 0 };
  g_autofree char *text = NULL;
  gsize offset = 0;
  MeshDnsName name;

  g_assert_true (mesh_dns_name_read (&name, packet, sizeof packet, &offset));
  text = mesh_dns_name_to_string (&name);
  g_assert_cmpstr (text, ==, "a\\046\\007\\092");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-name/parse", test_parse);
  g_test_add_func ("/dns-name/longest", test_longest);
  g_test_add_func ("/dns-name/family", test_family);
  g_test_add_func ("/dns-name/read", test_read);
  g_test_add_func ("/dns-name/pointers", test_pointers);
  g_test_add_func ("/dns-name/print", test_print);
  return g_test_run ();
}
