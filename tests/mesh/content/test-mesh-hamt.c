/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-hamt.h"

#include <string.h>

#include "base/mesh-error.h"
#include "mesh/content/hamt-fixture.h"

/* The example of the specification: "470.txt" lies below 00, and there below 6E. */
static void
test_places (void)
{
  const guint64 hash = G_GUINT64_CONSTANT (0x006e88df5847e67c);

  g_assert_cmpuint (mesh_hamt_get_place (hash, 256, 0), ==, 0x00);
  g_assert_cmpuint (mesh_hamt_get_place (hash, 256, 1), ==, 0x6e);
  g_assert_cmpuint (mesh_hamt_get_place (hash, 256, 7), ==, 0x7c);
  g_assert_cmpuint (mesh_hamt_get_place (hash, 16, 3), ==, 0xe);
  g_assert_cmpuint (mesh_hamt_get_place (hash, 1024, 1), ==, 0x2e8);
  g_assert_cmpuint (mesh_hamt_get_max_depth (256), ==, 8);
  g_assert_cmpuint (mesh_hamt_get_max_depth (1024), ==, 6);
  g_assert_cmpuint (mesh_hamt_get_max_depth (8), ==, 21);
  g_assert_cmpuint (mesh_hamt_get_prefix_len (8), ==, 1);
  g_assert_cmpuint (mesh_hamt_get_prefix_len (16), ==, 1);
  g_assert_cmpuint (mesh_hamt_get_prefix_len (256), ==, 2);
  g_assert_cmpuint (mesh_hamt_get_prefix_len (1024), ==, 3);
}

/* A shard that a test may spoil. */
typedef struct
{
  MeshDagPbNode node;
  MeshUnixfs unixfs;
  guint8 field[200];
  MeshHamtPosition position;
} Shard;

/* "a" has the hash 85…, "470.txt" has 00…: both in a root. */
static void
shard_init (Shard *shard)
{
  *shard = (Shard){ 0 };
  mesh_dag_pb_node_init (&shard->node);
  folder_add (&shard->node, "00470.txt");
  folder_add (&shard->node, "85a");
  mesh_unixfs_init (&shard->unixfs, MESH_UNIXFS_HAMT_SHARD);
  shard->unixfs.hash_type = MESH_HAMT_HASH_CODE;
  shard->unixfs.fanout = 256;
  shard->field[0] = 1 << 5; /* the place 0x85 is in the byte 16 from the end */
  shard->field[16] = 1;
  shard->unixfs.data = shard->field;
  shard->unixfs.data_len = 17;
}

static void
shard_clear (Shard *shard)
{
  mesh_dag_pb_node_clear (&shard->node);
  mesh_unixfs_clear (&shard->unixfs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shard, shard_clear)

static gboolean
is_good (Shard *shard)
{
  g_autoptr (GError) error = NULL;
  gboolean good
      = mesh_hamt_check (&shard->node, &shard->unixfs, &shard->position, &error);

  if (!good)
    g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  return good;
}

static void
rename_link (Shard *shard, guint i, const char *name)
{
  MeshDagPbLink *link = &g_array_index (shard->node.links, MeshDagPbLink, i);

  g_free (link->name);
  link->name = g_strdup (name);
  link->name_len = strlen (name);
}

static void
test_good (void)
{
  g_auto (Shard) shard = { 0 };
  g_auto (Shard) full = { 0 };
  MeshHamtPosition child = { 0 };
  const MeshDagPbLink *link;

  shard_init (&shard);
  g_assert_true (is_good (&shard));
  g_assert_cmpuint (shard.position.fanout, ==, 256);
  link = mesh_hamt_find (&shard.node, &shard.position, "a", 1);
  g_assert_cmpstr (link->name, ==, "85a");
  g_assert_false (mesh_hamt_enter (&shard.position, link, &child));
  g_assert_null (mesh_hamt_find (&shard.node, &shard.position, "b", 1));

  /* A field of all its bytes is as good. */
  shard_init (&full);
  memmove (full.field + 15, full.field, 17);
  memset (full.field, 0, 15);
  full.unixfs.data_len = 32;
  g_assert_true (is_good (&full));

  /* A place that leads on. */
  rename_link (&shard, 0, "00");
  g_assert_true (is_good (&shard));
  link = mesh_hamt_find (&shard.node, &shard.position, "470.txt", 7);
  g_assert_true (mesh_hamt_enter (&shard.position, link, &child));
  g_assert_cmpuint (child.depth, ==, 1);
  g_assert_cmphex (child.path, ==, 0);
  rename_link (&shard, 1, "85");
  g_assert_true (mesh_hamt_enter (
      &shard.position, &g_array_index (shard.node.links, MeshDagPbLink, 1), &child));
  g_assert_cmphex (child.path, ==, G_GUINT64_CONSTANT (0x8500000000000000));
}

static void
test_bad_names (void)
{
  static const char *const names[] = {
    "",          /* none */
    "8",         /* cut short */
    "8ga",       /* no digit */
    "86a",       /* not in the field, and not its home */
    "85b",       /* of another place */
    "00470.txt", /* a place twice */
    "00",        /* the same, as a shard */
  };
  g_auto (Shard) lower = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (Shard) shard = { 0 };

      shard_init (&shard);
      rename_link (&shard, 1, names[i]);
      g_assert_false (is_good (&shard));
    }
  /* Lower case is another name for the same place. */
  shard_init (&lower);
  rename_link (&lower, 0, "0f");
  lower.field[15] = 0x80;
  lower.field[16] = 0;
  g_assert_false (is_good (&lower));
  rename_link (&lower, 0, "0F");
  g_assert_true (is_good (&lower));
}

static void
test_bad_fields (void)
{
  for (guint way = 0; way < 10; way++)
    {
      g_auto (Shard) shard = { 0 };

      shard_init (&shard);
      switch (way)
        {
        case 0:
          shard.unixfs.type = MESH_UNIXFS_DIRECTORY;
          break;
        case 1:
          shard.unixfs.hash_type = MESH_MULTIHASH_SHA2_256;
          break;
        case 2:
          shard.unixfs.fanout = 255;
          break;
        case 3:
          shard.unixfs.fanout = 2048;
          break;
        case 4:
          shard.unixfs.fanout = 4;
          break;
        case 5: /* a link that is not in the field */
          shard.field[16] = 0;
          break;
        case 6: /* a place without a link */
          shard.field[3] = 1;
          break;
        case 7: /* cut short */
          shard.unixfs.data_len = 16;
          break;
        case 8: /* longer than there are places */
          shard.unixfs.data_len = 33;
          break;
        default: /* a part with another fanout than the root */
          shard.position.fanout = 1024;
          break;
        }
      g_assert_false (is_good (&shard));
    }
}

static void
test_bad_depth (void)
{
  g_auto (Shard) empty = { 0 };
  g_auto (Shard) deep = { 0 };

  /* Only a root may be empty. */
  shard_init (&empty);
  g_array_set_size (empty.node.links, 0);
  empty.unixfs.data_len = 0;
  g_assert_true (is_good (&empty));
  empty.position.depth = 1;
  g_assert_false (is_good (&empty));

  /* The eighth level uses the last bits: nothing leads on, nothing is below. */
  shard_init (&deep);
  rename_link (&deep, 1, "85");
  g_array_remove_index (deep.node.links, 0);
  deep.field[16] = 0;
  deep.position = (MeshHamtPosition){ .fanout = 256, .depth = 6 };
  g_assert_true (is_good (&deep));
  deep.position.depth = 7;
  g_assert_false (is_good (&deep));
  deep.position.depth = 8;
  g_assert_false (is_good (&deep));
}

/* A shard that is put where it does not belong is refused at its first entry: blocks that
 * are linked from many places can not make a walk long. */
static void
test_elsewhere (void)
{
  g_auto (MeshDagPbNode) folder = { 0 };
  g_autoptr (GHashTable) blocks = NULL;
  g_autoptr (MeshCid) root = NULL;
  g_auto (MeshDagPbNode) top = { 0 };
  MeshHamtPosition position = { 0 };
  guint n_shards = 0;

  folder_fill (&folder, 2000);
  blocks = folder_shard (&folder, 256, &root);
  g_assert_true (shard_open (g_hash_table_lookup (blocks, root), &top, &position, NULL));
  for (guint i = 0; i < top.links->len; i++)
    {
      MeshDagPbLink *link = &g_array_index (top.links, MeshDagPbLink, i);
      g_auto (MeshDagPbNode) node = { 0 };
      MeshHamtPosition child;

      if (!mesh_hamt_enter (&position, link, &child))
        continue;
      n_shards++;
      g_assert_true (
          shard_open (g_hash_table_lookup (blocks, link->cid), &node, &child, NULL));
      child.path ^= G_GUINT64_CONSTANT (0x0100000000000000);
      g_assert_false (
          shard_open (g_hash_table_lookup (blocks, link->cid), &node, &child, NULL));
    }
  g_assert_cmpuint (n_shards, >, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/hamt/places", test_places);
  g_test_add_func ("/content/hamt/good", test_good);
  g_test_add_func ("/content/hamt/bad-names", test_bad_names);
  g_test_add_func ("/content/hamt/bad-fields", test_bad_fields);
  g_test_add_func ("/content/hamt/bad-depth", test_bad_depth);
  g_test_add_func ("/content/hamt/elsewhere", test_elsewhere);
  return g_test_run ();
}
