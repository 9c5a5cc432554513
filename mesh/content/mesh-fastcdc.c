/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-fastcdc.h"

/* 256 values of SplitMix64 (Steele, Lea, Flood 2014) from the seed 0x53686f616c434443,
 * the letters "ShoalCDC". A test makes them again. */
static const guint64 gear[256] = {
  0xa4411f9185dd9e81u, 0xd2764b7e43c0ad0cu, 0x14d165112a1e3afcu, 0x1b15f3fc595d8577u,
  0x4510b5efee9f06deu, 0xb48df44c31fd546bu, 0xb1518dd7dc375635u, 0xc70d3d59f746b7f2u,
  0x2d6c545a392bd122u, 0x697c81e1a141f78du, 0xc2c28839a20c66b0u, 0x387755090deb25dfu,
  0x09662cf8edbc9fdfu, 0x98479f9bed5d540bu, 0xec3f4d4005789bb2u, 0x9c583f8fb93a353au,
  0xa899eefb767bab6bu, 0xc1f5731518f1f9dfu, 0xf08ee2cdb3a9a6afu, 0xff88252cfc8785afu,
  0x24e51ba3bb5de522u, 0x59cd669458c60302u, 0x96d71ab376c268c9u, 0xc889f671e6051f43u,
  0xa2585941e8a74771u, 0x886bcc94fde80ed3u, 0xa7c332a793d6be4au, 0xfaffbb7fb501202bu,
  0x9fa49dc9e44e85b9u, 0x6925a2d16cc185b8u, 0x8260207327a8a638u, 0xda125645571c5e20u,
  0xe9c5f63164c67ac9u, 0x3b903495a433230au, 0xe7b3efd5f8cb5e7eu, 0x29d05eb87230732cu,
  0x9b995d9fc4b6d3c3u, 0x11089f9472000dd6u, 0x45acf9000153085du, 0xcde399eabb9a9de0u,
  0xdeaac0bf31463942u, 0xd56e21450f046091u, 0xcde5bc8c36b7bb49u, 0xd079e0cb78c1bfecu,
  0x3405d6ab673b0744u, 0x147891796c18c34eu, 0x88e5b56c38e00ed9u, 0x7556b3cf79c178f4u,
  0xb424441d0ac89151u, 0x583fcfee0827cb6fu, 0x342dbf7c01a389d0u, 0x0ca2cd51ad88f3f2u,
  0x18f854419fc374f2u, 0xbe45e5638c044018u, 0xac2b4a2d1a1f714au, 0xee584c44591a00adu,
  0x4b14fd75bf1e407du, 0x3bf47b3c011037c7u, 0x9a915c0929c73e16u, 0x1c83be23d24a8d5eu,
  0xa5969f2de03ed5d9u, 0x3f19ba9c317cb51au, 0x3cf4c70f7be5a17cu, 0x7f97c97febef8533u,
  0x5212e027a921d2b6u, 0x3a375ee940c61298u, 0x9a3c3166fa77d3f0u, 0xc3049f97d80fa5b2u,
  0x3050bceadb24c66fu, 0x1ae4f3345fc8188du, 0xb1482fdf5a26e8b1u, 0xf80595e4e1bca7d4u,
  0x092a101c482f1c6cu, 0xc3bb87a9c5611164u, 0x8db0130a41288b45u, 0x296cef0e6be1c03au,
  0x3a42491ad9cdd50cu, 0x2065813958debff3u, 0xad81d9e602c0b397u, 0x24b1029e330c8a0du,
  0x655bd3d7a38eace6u, 0x61623a6f1135eb41u, 0xed116ac0b62b6bdcu, 0xad62f21e621dc356u,
  0x321f777470a89318u, 0xf6578d4a3884871au, 0xe9d3556e1b2b023cu, 0x5dd65a3bb7470db9u,
  0x4c126ab42f985871u, 0xe42cc99dfcd353a6u, 0xf0cd5e1ae11ccfb5u, 0x25e8073aba47b972u,
  0x1c721030afa909eau, 0x853cc2ef620fa7b9u, 0x908c926b33b6a461u, 0xfb8bffe074ece637u,
  0x18c3c3a822cc39efu, 0xf75908eb77942ddfu, 0x623c3150bf9d7949u, 0x6857b37dde601172u,
  0x938cc17eef1461e0u, 0xe9abe4af15b5d411u, 0xa3f0f4647b1ff320u, 0x8c0ce4a787f91cfbu,
  0xefa8b96d99be5700u, 0xccdac5e64dc49b82u, 0x4a2a57c8b67391beu, 0x01b2cae0624239efu,
  0x5446a27a990a96b3u, 0xe3753933ff6b1f71u, 0x413c6a8089ffe84fu, 0xe661b042bacf6eb5u,
  0x3d7183430b8bca8fu, 0x0797bd30dea6b5b6u, 0xe26fd8c23292c839u, 0x4ddeac0bab911304u,
  0xc03ade8142b82174u, 0x9ee461d58d02aae2u, 0x36e8d158a6765fa2u, 0x2901535d61a041f0u,
  0xe34906299e164cafu, 0x37c129ce9133dfb2u, 0xa73aa9a2958ebcafu, 0x61870597453246e8u,
  0xdc8d7edb11150812u, 0x9b254a099afd7687u, 0x906e78648f35f348u, 0xc85ce5f25a2f39ceu,
  0xea72b294d7e6b3abu, 0x745646d9d078485cu, 0x48da87df9a6a372fu, 0x6cdd338826b45ca1u,
  0xb310fbf33a84a9e8u, 0x16a76003963f81e3u, 0xde0a0de7cb5d26b2u, 0xbdfacb72320201bbu,
  0x404b9dfb7b2b410cu, 0x2f723ac208571b34u, 0x2335c737aab2ac08u, 0x681ed5f48caf3a0du,
  0xa3578b0f17a07340u, 0x9024ec1cd6b3551bu, 0xacc65110ec9c837au, 0x551b1a51a5d1d227u,
  0x1a70a2b740ee530cu, 0x2b184d0884319379u, 0xb724acd2383c88c2u, 0xcfe3b025b4051191u,
  0x609aa9886a049100u, 0x0ba64473bd85901au, 0x57428bb909826185u, 0xc1dce0c185f7a6ceu,
  0x9fbcb8c9e655f159u, 0x9e23b7146e91894fu, 0xfc9a38015bfbd8adu, 0xc423220927ee6bc6u,
  0xa751ef25a4c81020u, 0x3f2065853e440d11u, 0x3ab4ea2cbe01350cu, 0x7031bde77d78ca14u,
  0xe5a818f3129d6385u, 0x8d3ef3da69fc2432u, 0xe6f05e3e78cfba59u, 0x63a8d624c0eece54u,
  0x131519ea11f2f9c1u, 0xa38e3263165e396fu, 0x011689c7db289c87u, 0x255743face84bb90u,
  0x5e4fdcbd63f719f7u, 0xdb45d736a0bd93dau, 0xa97db94f8ca98997u, 0x2ff2ca56cd416016u,
  0xe7b3468d7a7f4084u, 0x2fc6015a44423c1du, 0x981f4b28ede701e1u, 0x1d99fd0120642e1au,
  0x5f984841f8e07529u, 0xdab0b77146d806e0u, 0xe154ab132fad0fcdu, 0xdea7d014e8985958u,
  0x1f8c87c21227d65fu, 0xa5a136ef7cc03391u, 0xd566a4ace5cecad8u, 0xd6ca4c3b153e4ba9u,
  0xbea2b58d63aa68a2u, 0x17ecdf7704108e11u, 0xd3251af62c0b82bdu, 0xaf45fdc23839b4edu,
  0x1564de073b502a03u, 0x4bf96b014ffcaffcu, 0x0e6e866e556c4f90u, 0x3d9916a1fcb1553eu,
  0x48a027994680b393u, 0x042481c04b924144u, 0x9a65a7cc2ee96e66u, 0xf6ae3c6416979218u,
  0x62b2cd5c3cdc4244u, 0xd7cf47ca75777a34u, 0xc45001cd7c4e9c0du, 0x36622d54289c0afbu,
  0xa1a914210f9c0015u, 0x3ec7ada4130a23e9u, 0x9a5015add7bb9a83u, 0x3659d59d12db4456u,
  0xda3824889b1eb210u, 0x44b938890a997a60u, 0xa56b51428cdc177fu, 0x36f3808805707c93u,
  0x27c420e18130603du, 0x67153437e9601883u, 0xdc5d1bddf60a4279u, 0xc5bda2e2b526474eu,
  0xaa7478d160f801f3u, 0x8d6b95bcc038f271u, 0xe0b9c065933b4ff4u, 0xf0f4da01c2a55717u,
  0xf42967483556ef32u, 0xd459aca1576b0c48u, 0x93dd3cade138013bu, 0xaaeef0309b4f39bdu,
  0x39ced5d405f43fd5u, 0xfed912a675db1d7fu, 0xbd9c97a32a3ffd04u, 0xfe8f55452b225879u,
  0x701b7f3dc8bfafe4u, 0x99982e76669628c5u, 0xcb3325df0c8a1156u, 0xa96913cc1cb2fca7u,
  0x445f3d77903732e5u, 0x0cde0c15c3dec8dcu, 0x08d0645fe0be483cu, 0xf076ca6656344d84u,
  0xf449865354461fceu, 0x6bfb6d50bd1807e3u, 0xadf06bb46e67f70bu, 0x98adc980a7c5fe66u,
  0x1b645ca32cc85704u, 0xa3630f091d51884eu, 0xfa1267c61fe3e20bu, 0x3b14a565ca14507du,
  0x5476a529a12a944cu, 0xd992039f85595dd0u, 0xc9f5d235d713cc6bu, 0xaaeab62f1e797b0du,
  0x435ff4617bc49b32u, 0x797d62d09fe0ab5eu, 0x0ebe554feb8423afu, 0xad0c91faadddec7eu,
  0xedd68eec5d25e129u, 0x99206d835f271cdeu, 0x7730210b3374de2cu, 0xa71ad4cafe879727u,
  0x0ade91dec175c3f3u, 0x0b53937d2491dfd0u, 0xee392050a6b86d20u, 0x3127028a6ff8252bu,
};

/* By how much a cut is less likely before the normal size, and likelier after it: the
 * normalisation level 2 of the papers. */
#define NORMALISATION 2

/* Where the mean of the chunks comes out at what was asked for, with these bounds: 13/16
 * of it (the test measures it). */
static gsize
get_normal_bytes (const MeshChunker *self)
{
  return self->mean_bytes / 16 * 13;
}

/* Goes on from @start to @end. Returns: the length of the chunk; 0: no cut there */
static gsize
scan (const guint8 *data, gsize start, gsize end, guint bits, guint64 *print)
{
  const guint64 limit = G_GUINT64_CONSTANT (1) << (64 - bits);
  guint64 value = *print;

  for (gsize i = start; i < end; i++)
    {
      value = (value << 1) + gear[data[i]];
      if (value < limit)
        return i + 1;
    }
  *print = value;
  return 0;
}

static gsize
next_fastcdc (const MeshChunker *self, const guint8 *data, gsize len, gboolean is_last)
{
  guint bits = g_bit_storage (self->mean_bytes) - 1;
  gsize normal = MIN (len, get_normal_bytes (self));
  gsize end = MIN (len, self->max_bytes);
  gsize cut = 0;
  guint64 print = 0;

  if (len > self->min_bytes)
    cut = scan (data, self->min_bytes, normal, bits + NORMALISATION, &print);
  if (cut == 0 && len > normal)
    cut = scan (data, normal, end, bits - NORMALISATION, &print);
  if (cut == 0 && (is_last || end == self->max_bytes))
    cut = end;
  return cut;
}

void
mesh_fastcdc_init (MeshChunker *self, gsize mean_bytes)
{
  g_return_if_fail (mean_bytes >= MESH_FASTCDC_MIN_MEAN_BYTES
                    && mean_bytes <= MESH_FASTCDC_MEAN_BYTES
                    && (mean_bytes & (mean_bytes - 1)) == 0);

  *self = (MeshChunker){
    .next = next_fastcdc,
    .min_bytes = mean_bytes / 4,
    .mean_bytes = mean_bytes,
    .max_bytes = MIN (mean_bytes * 2, MESH_CHUNKER_MAX_BYTES),
  };
}

guint64
mesh_fastcdc_get_gear (guint8 byte)
{
  return gear[byte];
}
