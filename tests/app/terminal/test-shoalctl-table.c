/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "terminal/shoalctl-table.h"

#define NB "\302\240"

static const ShoalctlField fields[] = {
  { "name", "name", "s", "Name", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "part", "part", "d", "Part", SHOALCTL_VIEW_PERCENT },
  { "latency", "latency", "i", "Latency", SHOALCTL_VIEW_MS },
  { "held", "held", "b", "Held", 0 },
  { "names", "names", "as", "Names", 0 },
  { "sources", "sources", "aa{sv}", "From", SHOALCTL_VIEW_SOURCES },
  { "hidden", "hidden", "s", NULL, 0 },
  { NULL },
};

static const ShoalctlField narrow[] = {
  { "name", "name", "s", "Name", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static JsonObject *
make (const char *dict, const ShoalctlField *table)
{
  g_autoptr (GVariant) value
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, dict, NULL, NULL, NULL);

  return shoalctl_json_from_dict (value, table);
}

static void
test_record (void)
{
  g_autoptr (JsonObject) object = make (
      "{'name': <'Ship'>, 'size': <uint64 1500>, 'part': <0.999>, 'latency': <-1>, "
      "'held': <true>, 'names': <['a', 'b']>, 'hidden': <'x'>, "
      "'sources': <[{'kind': <'peer'>, 'id': <'12D3KooWabcdefgh'>, 'bytes': <uint64 5>}, "
      "{'kind': <'local'>, 'bytes': <uint64 7>}]>}",
      fields);
  g_autofree char *text = shoalctl_table_format_record (object, fields);

  g_assert_cmpstr (text, ==,
                   "Name:     Ship\n"
                   "Size:     1.5" NB "kB\n"
                   "Part:     99%\n"
                   "Latency:  —\n"
                   "Held:     yes\n"
                   "Names:    a, b\n"
                   "From:     peer …abcdefgh 5 bytes, local 7 bytes\n");
}

static void
test_list (void)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autofree char *text = NULL;

  json_array_add_object_element (array, make ("{'name': <'日本'>}", narrow));
  json_array_add_object_element (array,
                                 make ("{'name': <'Ab'>, 'size': <uint64 1>}", narrow));
  text = shoalctl_table_format_list (array, narrow);
  g_assert_cmpstr (text, ==,
                   "NAME  SIZE\n"
                   "日本  0 bytes\n"
                   "Ab    1 byte\n");
}

/* Peer ids are shortened, everything else that may say something is not. */
static void
test_who (void)
{
  static const ShoalctlField who[] = { { "app", "app", "s", "App", 0 },
                                       { "secret", "secret", "s", NULL, 0 },
                                       { "score", "score", "d", "", SHOALCTL_VIEW_SCORE },
                                       { "by", "by", "as", "", SHOALCTL_VIEW_WHO },
                                       { NULL } };
  g_autoptr (JsonObject) object
      = make ("{'app': <'a\tb'>, 'secret': <'x'>, 'score': <0.506>, 'by': <['local', "
              "'12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA', "
              "'https://a-server-with-a-rather-long-name.example.org']>}",
              who);
  g_autofree char *text = shoalctl_table_format_line (object, who);

  g_assert_cmpstr (text, ==,
                   "a b\t0.51\tlocal, …eQAJU5SA, "
                   "https://a-server-with-a-rather-long-name.example.org");
}

/* What a peer calls itself must not reach the terminal as commands. */
static void
test_clean (void)
{
  g_autofree char *escape = shoalctl_table_clean ("a\033[2Jb\nc\td\r\177");
  g_autofree char *bidi = shoalctl_table_clean ("a\342\200\256b");
  g_autofree char *invalid = shoalctl_table_clean ("a\377b");
  g_autofree char *good = shoalctl_table_clean ("Ünïcode 日本");

  g_assert_cmpstr (escape, ==, "a\357\277\275[2Jb c d\357\277\275\357\277\275");
  g_assert_cmpstr (bidi, ==, "a\357\277\275b");
  g_assert_cmpstr (invalid, ==, "a\357\277\275b");
  g_assert_cmpstr (good, ==, "Ünïcode 日本");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/table/record", test_record);
  g_test_add_func ("/ctl/table/list", test_list);
  g_test_add_func ("/ctl/table/who", test_who);
  g_test_add_func ("/ctl/table/clean", test_clean);
  return g_test_run ();
}
