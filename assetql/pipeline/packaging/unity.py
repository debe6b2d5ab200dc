"""Unity: `.meta` files with sprite import settings; GUIDs stay the same from export to export."""

from collections.abc import Iterable
from hashlib import sha256

from assetql.domain.presets import next_power_of_two
from assetql.pipeline.packaging.shelf import Facts, PackageFile, Shelf

_SMALLEST, _LARGEST = 32, 16384  # the importer's range for maxTextureSize

_FOLDER = """\
fileFormatVersion: 2
guid: {guid}
folderAsset: yes
DefaultImporter:
  externalObjects: {{}}
  userData:
  assetBundleName:
  assetBundleVariant:
"""
_SPRITE = """\
fileFormatVersion: 2
guid: {guid}
TextureImporter:
  internalIDToNameTable: []
  externalObjects: {{}}
  serializedVersion: 13
  mipmaps:
    mipMapMode: 0
    enableMipMap: 0
    sRGBTexture: 1
    linearTexture: 0
    fadeOut: 0
    borderMipMap: 0
    mipMapsPreserveCoverage: 0
    alphaTestReferenceValue: 0.5
    mipMapFadeDistanceStart: 1
    mipMapFadeDistanceEnd: 3
  bumpmap:
    convertToNormalMap: 0
    externalNormalMap: 0
    heightScale: 0.25
    normalMapFilter: 0
    flipGreenChannel: 0
  isReadable: 0
  streamingMipmaps: 0
  streamingMipmapsPriority: 0
  vTOnly: 0
  ignoreMipmapLimit: 0
  grayScaleToAlpha: 0
  generateCubemap: 6
  cubemapConvolution: 0
  seamlessCubemap: 0
  textureFormat: 1
  maxTextureSize: {max_size}
  textureSettings:
    serializedVersion: 2
    filterMode: 1
    aniso: 1
    mipBias: 0
    wrapU: 1
    wrapV: 1
    wrapW: 1
  nPOTScale: 0
  lightmap: 0
  compressionQuality: 50
  spriteMode: 1
  spriteExtrude: 1
  spriteMeshType: 1
  alignment: 0
  spritePivot: {{x: 0.5, y: 0.5}}
  spritePixelsToUnits: 100
  spriteBorder: {{x: 0, y: 0, z: 0, w: 0}}
  spriteGenerateFallbackPhysicsShape: 1
  alphaUsage: 1
  alphaIsTransparency: 1
  spriteTessellationDetail: -1
  textureType: 8
  textureShape: 1
  singleChannelComponent: 0
  flipbookRows: 1
  flipbookColumns: 1
  maxTextureSizeSet: 0
  compressionQualitySet: 0
  textureFormatSet: 0
  ignorePngGamma: 0
  applyGammaDecoding: 0
  swizzle: 50462976
  cookieLightType: 0
  platformSettings:
  - serializedVersion: 3
    buildTarget: DefaultTexturePlatform
    maxTextureSize: {max_size}
    resizeAlgorithm: 0
    textureFormat: -1
    textureCompression: 1
    compressionQuality: 50
    crunchedCompression: 0
    allowsAlphaSplitting: 0
    overridden: 0
    ignorePlatformSupport: 0
    androidETC2FallbackOverride: 0
    forceMaximumCompressionQuality_BC6H_BC7: 0
  spriteSheet:
    serializedVersion: 2
    sprites: []
    outline: []
    physicsShape: []
    bones: []
    spriteID: {sprite_id}
    internalID: 0
    vertices: []
    indices:
    edges: []
    weights: []
    secondaryTextures: []
    nameFileIdTable: {{}}
  mipmapLimitGroupName:
  pSDRemoveMatte: 0
  userData:
  assetBundleName:
  assetBundleVariant:
"""


def guid_of(key: str) -> str:
    """A GUID of 32 hex digits that depends on `key` alone, so references survive re-imports."""
    return sha256(f"assetql/unity/{key}".encode()).hexdigest()[:32]


def sprite_meta(shelf: Shelf, index: int, facts: Facts) -> Iterable[PackageFile]:
    """The import settings beside one sprite."""
    asset_id = shelf.assets[index].asset_id
    longest = next_power_of_two(max(facts.size))
    text = _SPRITE.format(
        guid=guid_of(asset_id),
        sprite_id=guid_of(f"{asset_id}/sprite"),
        max_size=min(max(longest, _SMALLEST), _LARGEST),
    )
    for rendition in shelf.renditions(index, facts.size):
        yield PackageFile(f"{rendition.path}.meta", text.encode(), asset_id)


def folder_metas(shelf: Shelf) -> Iterable[PackageFile]:
    """The folders' own files, so that Unity makes up no GUIDs for them."""
    for folder in ("AssetQL", f"AssetQL/{shelf.title}"):
        text = _FOLDER.format(guid=guid_of(f"folder/{folder}"))
        yield PackageFile(f"unity/Assets/{folder}.meta", text.encode())
